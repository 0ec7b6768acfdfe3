#include "good_connector.hpp"

extern "C" CISTERN_API const char* cistern_plugin_tag() {
    return "cistern 9.9.9 abi 7, g++ 99, libstdc++ 99 cxx11=0";
}

POCO_BEGIN_MANIFEST(cistern::Connector)
POCO_EXPORT_INTERFACE(specimen::GoodConnector, "wrong_tag")
POCO_END_MANIFEST
