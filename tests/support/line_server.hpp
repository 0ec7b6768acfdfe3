#pragma once

#include "support/socket_server.hpp"

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace cistern::test {

// A server that answers lines: each one it gets, without its end, is shown to the handler, and what
// the handler returns is sent as it is. Nothing returned: the connection is closed.
//
// Thread safety:  every member may be called by any number of threads at once; so may the handler.
class LineServer {
public:
    using Handler = std::function<std::optional<std::string>(const std::string& line)>;

    // Sends every line back, with its end.
    [[nodiscard]] static Handler echo();

    explicit LineServer(Handler handler = echo(), std::string greeting = {});
    // At a path in the file system instead of a port.
    struct AtPath {
        std::string path;
    };
    explicit LineServer(AtPath at, Handler handler = echo(), std::string greeting = {});

    [[nodiscard]] SocketServer& server() noexcept { return server_; }
    [[nodiscard]] Endpoint endpoint() const { return server_.endpoint(); }
    [[nodiscard]] std::uint16_t port() const noexcept { return server_.port(); }
    // Every line so far, over all connections.
    [[nodiscard]] std::vector<std::string> lines() const;

private:
    void serve(ServedSocket& socket);

    const Handler handler_;
    const std::string greeting_;
    mutable std::mutex mutex_;
    std::vector<std::string> lines_;
    SocketServer server_;  // last: its threads use all of the above
};

}  // namespace cistern::test
