#include "good_connector.hpp"

extern "C" CISTERN_API int one_export_too_many() {
    return 1;
}

CISTERN_EXPORT_CONNECTOR(specimen::GoodConnector, "one_export_too_many")
