// Offers classes, but of somebody else's kind.

#include <cistern/connector.hpp>

namespace specimen {

class Widget {
public:
    virtual ~Widget() = default;
};

class RoundWidget : public Widget {};

}  // namespace specimen

extern "C" CISTERN_API const char* cistern_plugin_tag() {
    return CISTERN_PLUGIN_TAG;
}

POCO_BEGIN_MANIFEST(specimen::Widget)
POCO_EXPORT_INTERFACE(specimen::RoundWidget, "other_manifest")
POCO_END_MANIFEST
