#include "good_connector.hpp"

namespace specimen {

class ThrowingConnector final : public GoodConnector {
public:
    ThrowingConnector() { throw 42; }
};

}  // namespace specimen

CISTERN_EXPORT_CONNECTOR(specimen::ThrowingConnector, "throws_a_number")
