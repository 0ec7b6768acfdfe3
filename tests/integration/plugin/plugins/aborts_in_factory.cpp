#include "good_connector.hpp"

#include <cstdlib>

namespace specimen {

class AbortingConnector final : public GoodConnector {
public:
    AbortingConnector() { std::abort(); }
};

}  // namespace specimen

CISTERN_EXPORT_CONNECTOR(specimen::AbortingConnector, "aborts_in_factory")
