#include "good_connector.hpp"

namespace specimen {

class ThrowingConnector final : public GoodConnector {
public:
    [[nodiscard]] cistern::Settings settings() const override {
        throw cistern::ConfigError{"cannot tell"};
    }
};

}  // namespace specimen

CISTERN_EXPORT_CONNECTOR(specimen::ThrowingConnector, "throws_in_settings")
