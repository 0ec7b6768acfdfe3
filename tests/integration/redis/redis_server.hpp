#pragma once

#include "support/certificates.hpp"
#include "support/server_process.hpp"
#include "support/test_folder.hpp"

#include <cistern/stream.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace cistern::test {

// A real redis-server on a free port of 127.0.0.1 and on a Unix socket, with a folder of its own
// and without persistence. The destructor kills it. Where no redis-server is installed, the
// constructor says so and ends the test program with CTest's code for "skipped".
//
// Thread safety:  none, save that ask() may be called by any number of threads at once.
// Errors:         std::runtime_error when it does not start.
class RedisServer {
public:
    // `arguments` as on its command line: {"--requirepass", "sesame"}.
    explicit RedisServer(std::vector<std::string> arguments = {});
    // The same, and over TLS with this certificate at another port; it asks for none of a client's
    // unless it is told to.
    RedisServer(std::vector<std::string> arguments, const Identity& identity);
    RedisServer(const RedisServer&) = delete;
    RedisServer& operator=(const RedisServer&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] std::string endpoint() const { return "127.0.0.1:" + std::to_string(port_); }
    [[nodiscard]] std::uint16_t tls_port() const noexcept { return tls_port_; }
    [[nodiscard]] std::string unix_path() const { return (folder_ / "redis.sock").string(); }

    // Sends a command line over a connection of its own, over the Unix socket, and returns the
    // reply as it came.
    [[nodiscard]] std::string ask(const std::string& command_line) const;
    // The number after "name:" in INFO.
    [[nodiscard]] long info(const std::string& name) const;
    // Connections open now, the one that asks not counted.
    [[nodiscard]] long clients() const { return info("connected_clients") - 1; }
    // For servers that want a login before they answer ask().
    void log_in_with(std::string auth_line) { auth_line_ = std::move(auth_line); }

    void start();  // again, on the same port
    void kill() { process_.kill(); }
    void freeze() { process_.freeze(); }
    void thaw() { process_.thaw(); }

private:
    [[nodiscard]] bool is_answering() const;

    TestFolder folder_;
    std::vector<std::string> arguments_;
    std::string auth_line_;
    std::uint16_t port_ = 0;
    std::uint16_t tls_port_ = 0;  // 0: no TLS
    ServerProcess process_;       // last: it ends before its folder goes
};

}  // namespace cistern::test
