#pragma once

#include "support/socket_server.hpp"

#include <hive_rpc/TCLIService_types.h>

#include <string>

namespace hive::bench {

// A HiveServer2 that has one answer for all: each statement gives `batches` batches, each of which
// is `reply`.
class CannedServer {
public:
    CannedServer(const rpc::TFetchResultsResp& reply, int batches);

    [[nodiscard]] std::string endpoint() const { return cistern::to_string(server_.endpoint()); }
    // Asks for one batch after the other and looks at none.
    void drop_all() const;

private:
    void serve(cistern::test::ServedSocket& client) const;

    const std::string reply_;
    const int batches_;
    cistern::test::SocketServer server_;
};

}  // namespace hive::bench
