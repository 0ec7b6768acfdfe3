#include "redis_connector.hpp"

CISTERN_EXPORT_CONNECTOR(redis::RedisConnector, "redis")
