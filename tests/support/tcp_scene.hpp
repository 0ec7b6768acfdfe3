#pragma once

#include "support/line_server.hpp"

#include <cistern/cistern.hpp>
#include <cistern/tcp/session.hpp>

#include <chrono>
#include <map>
#include <string>
#include <utility>

namespace cistern::test {

// A pool of the plugin `tcp` over a server of lines, as an application has it.
struct TcpScene {
    using Options = std::map<std::string, std::string>;

    explicit TcpScene(Options options, LineServer::Handler handler = LineServer::echo())
        : server{std::move(handler)}, runtime{Runtime::from_spec(spec(std::move(options)))} {}

    [[nodiscard]] RuntimeSpec spec(Options options) const {
        return {.pools = {{.name = "tcp",
                           .plugin = "tcp",
                           .options = std::move(options),
                           .settings = {{"endpoint", to_string(server.endpoint())}}}}};
    }

    LineServer server;
    Runtime runtime;
    Pool<tcp::Session>& pool = runtime.pool<tcp::Session>("tcp");
};

inline std::string ask(tcp::Session& session, const std::string& question) {
    using std::chrono_literals::operator""s;
    session.write(question + "\n", 20s);
    return session.read_line(20s);
}

}  // namespace cistern::test
