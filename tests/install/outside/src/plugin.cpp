#include "shout.hpp"

CISTERN_EXPORT_CONNECTOR(shout::ShoutConnector, "shout")
