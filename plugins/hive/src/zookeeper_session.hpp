#pragma once

#include <cistern/deadline.hpp>
#include <cistern/stream.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hive {

// The little of ZooKeeper's protocol that looking something up takes: a session, the children of a
// node and what nodes hold. Spoken over a Stream, so that it waits as the backend does and keeps to
// the deadline; the client library of ZooKeeper resolves names and reads clocks on its own.
//
// Thread safety:  none, as the stream below.
// Waiting:        every member waits until its deadline at most.
// Errors:         IoError and its kin when the server goes; ProtocolError for what is no
// ZooKeeper's
//                 answer or larger than any that is expected; ConnectError when it refuses.
class ZooKeeperSession {
public:
    // Over a connection that nothing was sent over yet.
    ZooKeeperSession(std::unique_ptr<cistern::Stream> stream, cistern::Deadline deadline);

    // The names of the nodes right below `path`; nothing when there is no such node.
    [[nodiscard]] std::optional<std::vector<std::string>> children(std::string_view path,
                                                                   cistern::Deadline deadline);
    // What each of `paths` holds, asked for all at once; nothing for one that is not there any
    // more.
    [[nodiscard]] std::vector<std::optional<std::string>> data(
        const std::vector<std::string>& paths, cistern::Deadline deadline);
    // Says goodbye, so that the server need not keep the session until its time is over. Best
    // effort.
    void close(cistern::Deadline deadline) noexcept;

private:
    [[nodiscard]] std::string read_frame(std::size_t most, cistern::Deadline deadline);
    [[nodiscard]] std::string next_request(std::int32_t type, std::string_view path);
    [[nodiscard]] std::optional<std::string> read_reply(std::int32_t xid,
                                                        std::string_view path,
                                                        std::size_t most,
                                                        cistern::Deadline deadline);

    const std::unique_ptr<cistern::Stream> stream_;
    std::int32_t last_xid_ = 0;
};

}  // namespace hive
