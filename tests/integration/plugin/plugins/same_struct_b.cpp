// Together with same_struct_a: two plugins that both define a struct of the same name, and were
// built without hiding it.

#include "good_connector.hpp"

struct CISTERN_API SameName {
    [[nodiscard]] virtual const char* text() const;
    virtual ~SameName() = default;
};

const char* SameName::text() const {
    return "b";
}

namespace specimen {

class NamedConnector final : public GoodConnector {
public:
    [[nodiscard]] cistern::Settings settings() const override {
        const SameName named;
        return {
            {"text", cistern::SettingType::kText, named.text(), "which struct this plugin got"}};
    }
};

}  // namespace specimen

CISTERN_EXPORT_CONNECTOR(specimen::NamedConnector, "same_struct_b")
