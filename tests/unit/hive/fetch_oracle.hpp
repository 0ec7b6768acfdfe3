#pragma once

#include "fetch_reader.hpp"
#include "wire_bytes.hpp"

#include <cistern/hive/types.hpp>

#include <hive_rpc/TCLIService_types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hive::test {

// Bytes in memory as a peer would send them: in pieces, and then it closes.
class MemoryBytes final : public WireBytes {
public:
    // `piece` says how many bytes come next, one at least; none given: all at once.
    explicit MemoryBytes(std::string_view bytes, std::function<std::size_t()> piece = {})
        : bytes_{bytes}, piece_{std::move(piece)} {}

    std::size_t read_some(char* buffer, std::size_t size, cistern::Deadline deadline) override;
    void write_message(std::string_view message, cistern::Deadline deadline) override;

private:
    std::string_view bytes_;
    std::function<std::size_t()> piece_;
};

// What our decoder makes of a TFetchResultsResp.
struct Decoded {
    Batch batch;
    FetchReply reply;
    std::string error;  // empty: it was read
};

inline constexpr std::uint64_t kRoomy = 64 * 1024 * 1024;

[[nodiscard]] Decoded decode(std::string_view bytes,
                             std::function<std::size_t()> piece = {},
                             std::uint64_t limit = kRoomy,
                             Batch reused = {});

// The same by generated code.
[[nodiscard]] std::string encode(const rpc::TFetchResultsResp& reply);
[[nodiscard]] std::optional<rpc::TFetchResultsResp> decode_generated(std::string_view bytes);

// Where the two differ, in words; empty: nowhere.
[[nodiscard]] std::string difference(const rpc::TFetchResultsResp& expected, const Batch& batch);

// Columns of all types, made of the numbers that `draw` gives: any number below its argument.
[[nodiscard]] rpc::TFetchResultsResp made_up_reply(
    const std::function<std::uint64_t(std::uint64_t)>& draw);

// Where in a struct the lengths of strings and the sizes of containers stand.
[[nodiscard]] std::vector<std::size_t> places_of_lengths(std::string_view bytes);

}  // namespace hive::test
