#pragma once

#include "call_transport.hpp"
#include "fetch_reader.hpp"

#include <hive_rpc/TCLIService_types.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hive::bench {

inline constexpr std::size_t kRows = 10'000;  // the plugin's default fetch_size

// Columns of that many rows.
[[nodiscard]] rpc::TColumn texts();
[[nodiscard]] rpc::TColumn longs();
[[nodiscard]] rpc::TColumn ints();
[[nodiscard]] rpc::TColumn doubles();
[[nodiscard]] rpc::TColumn flags();

[[nodiscard]] rpc::TFetchResultsResp reply_of(std::vector<rpc::TColumn> columns);

// Reads the same reply again and again as a session reads one after the other: one transport, and
// one batch that is used again.
//
// Thread safety:  none.
class SameReply {
public:
    // `bytes`, a TFetchResultsResp as it travels, have to outlive it.
    explicit SameReply(std::string_view bytes);
    ~SameReply();

    const Batch& read();

private:
    class Bytes;

    const std::string_view bytes_;
    Bytes* left_;  // the transport's
    const std::shared_ptr<CallTransport> transport_;
    LimitedProtocol protocol_;
    Batch batch_;
    FetchReply reply_;
};

}  // namespace hive::bench
