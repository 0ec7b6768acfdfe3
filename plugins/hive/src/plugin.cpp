#include "hive_connector.hpp"

CISTERN_EXPORT_CONNECTOR(hive::HiveConnector, "hive")
