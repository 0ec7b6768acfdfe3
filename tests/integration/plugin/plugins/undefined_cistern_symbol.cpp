#include "good_connector.hpp"

namespace cistern {
int only_in_another_version(int value);
}

namespace specimen {

class NeedyConnector final : public GoodConnector {
public:
    [[nodiscard]] bool blocks_thread(const cistern::ConnectorConfig& /*conf*/) const noexcept override {
        return cistern::only_in_another_version(1) == 1;
    }
};

}  // namespace specimen

CISTERN_EXPORT_CONNECTOR(specimen::NeedyConnector, "undefined_cistern_symbol")
