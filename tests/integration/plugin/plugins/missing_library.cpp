#include "good_connector.hpp"

CISTERN_EXPORT_CONNECTOR(specimen::GoodConnector, "missing_library")
