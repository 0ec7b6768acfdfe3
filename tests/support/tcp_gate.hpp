#pragma once

#include "support/socket_server.hpp"

#include <chrono>
#include <cstdint>
#include <limits>
#include <mutex>

namespace cistern::test {

// What a TcpGate does to the bytes that go through it, from the server to the client unless said
// otherwise. The vocabulary is toxiproxy's and userver's.
struct GateRules {
    static constexpr auto kAll = std::numeric_limits<std::size_t>::max();

    bool is_black_hole = false;               // nothing passes either way, nothing is closed
    std::chrono::milliseconds delay{0};       // before each part, both ways
    std::size_t part_size = kAll;             // each part is sent alone
    std::chrono::milliseconds part_pause{0};  // after each part
    std::size_t cut_after = kAll;             // so many bytes of a connection, then FIN
    std::size_t reset_after = kAll;           // so many bytes of a connection, then RST
};

// A TCP proxy on 127.0.0.1 between a client under test and a real server, that does to the traffic
// what networks do. Rules may change at any time and hold for what passes from then on.
//
//     TcpGate gate{server.port()};
//     gate.apply({.part_size = 1, .part_pause = 50ms});   // slow drip
//
// Thread safety:  every member may be called by any number of threads at once.
class TcpGate {
public:
    explicit TcpGate(std::uint16_t server_port);

    [[nodiscard]] Endpoint endpoint() const { return gate_.endpoint(); }
    [[nodiscard]] std::uint16_t port() const noexcept { return gate_.port(); }

    void apply(GateRules rules);
    void pass() { apply({}); }
    void black_hole() { apply({.is_black_hole = true}); }
    // New connections are refused until accept_again().
    void refuse() { gate_.stop_listening(); }
    void accept_again() { gate_.listen_again(); }
    void close_all() { gate_.end_all(); }
    void reset_all() { gate_.reset_all(); }

    // Connections so far, and those open now.
    [[nodiscard]] std::size_t accepted() const { return gate_.accepted(); }
    [[nodiscard]] std::size_t open() const { return gate_.open(); }
    [[nodiscard]] bool wait_for_open(std::size_t count) { return gate_.wait_for_open(count); }

private:
    [[nodiscard]] GateRules rules() const;
    void serve(ServedSocket& client);
    [[nodiscard]] bool pump_down(ServedSocket& client,
                                 std::string bytes,
                                 std::size_t& passed) const;

    const std::uint16_t server_port_;
    mutable std::mutex mutex_;
    GateRules rules_;
    SocketServer gate_;  // last: its threads use all of the above
};

}  // namespace cistern::test
