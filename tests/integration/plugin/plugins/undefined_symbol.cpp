#include "good_connector.hpp"

namespace elsewhere {
int not_defined_anywhere(int value);
}

namespace specimen {

class NeedyConnector final : public GoodConnector {
public:
    [[nodiscard]] bool blocks_thread(const cistern::ConnectorConfig& /*conf*/) const noexcept override {
        return elsewhere::not_defined_anywhere(1) == 1;
    }
};

}  // namespace specimen

CISTERN_EXPORT_CONNECTOR(specimen::NeedyConnector, "undefined_symbol")
