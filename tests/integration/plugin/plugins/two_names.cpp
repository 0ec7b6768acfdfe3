#include "good_connector.hpp"

namespace specimen {

class OtherConnector final : public GoodConnector {};

}  // namespace specimen

extern "C" CISTERN_API const char* cistern_plugin_tag() {
    return CISTERN_PLUGIN_TAG;
}

POCO_BEGIN_MANIFEST(cistern::Connector)
POCO_EXPORT_INTERFACE(specimen::GoodConnector, "first")
POCO_EXPORT_INTERFACE(specimen::OtherConnector, "second")
POCO_END_MANIFEST
