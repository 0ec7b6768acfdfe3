#include "good_connector.hpp"

namespace specimen {

class ThrowingConnector final : public GoodConnector {
public:
    ThrowingConnector() { throw std::runtime_error{"no licence file"}; }
};

}  // namespace specimen

CISTERN_EXPORT_CONNECTOR(specimen::ThrowingConnector, "throws_in_factory")
