#include "tcp_connector.hpp"

CISTERN_EXPORT_CONNECTOR(tcp::TcpConnector, "tcp")
