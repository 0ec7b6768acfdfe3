#include "good_connector.hpp"

extern "C" CISTERN_API const char* cistern_plugin_tag() {
    return CISTERN_PLUGIN_TAG;
}

POCO_BEGIN_MANIFEST(cistern::Connector)
static_cast<void>(pManifest);
POCO_END_MANIFEST
