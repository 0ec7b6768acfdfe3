#pragma once

#include <hive_rpc/TCLIService_types.h>
#include <sys/types.h>

#include <cstdint>
#include <string>

namespace hive::bench {

// A HiveServer2 in a process of its own that has one answer for all: each statement gives `batches`
// batches, each of which is `reply`. Ends with this object.
class CannedServer {
public:
    CannedServer(const rpc::TFetchResultsResp& reply, int batches);
    CannedServer(const CannedServer&) = delete;
    CannedServer& operator=(const CannedServer&) = delete;
    ~CannedServer();

    [[nodiscard]] std::string endpoint() const;
    // Asks for one batch after the other and looks at none.
    void drop_all() const;

private:
    const int batches_;
    std::uint64_t reply_size_;  // bytes
    std::uint16_t port_ = 0;
    pid_t child_ = -1;
};

}  // namespace hive::bench
