#include "good_connector.hpp"

POCO_BEGIN_MANIFEST(cistern::Connector)
POCO_EXPORT_INTERFACE(specimen::GoodConnector, "no_tag")
POCO_END_MANIFEST
