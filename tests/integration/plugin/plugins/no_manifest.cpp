#include <cistern/connector.hpp>

extern "C" CISTERN_API const char* cistern_plugin_tag() {
    return CISTERN_PLUGIN_TAG;
}
