#include "support/tcp_gate.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <utility>

namespace cistern::test {
namespace {

constexpr int kTickMilliseconds = 10;

}  // namespace

TcpGate::TcpGate(std::uint16_t server_port)
    : server_port_{server_port}, gate_{[this](ServedSocket& client) { serve(client); }} {}

void TcpGate::apply(GateRules rules) {
    const std::lock_guard lock{mutex_};
    rules_ = rules;
}

GateRules TcpGate::rules() const {
    const std::lock_guard lock{mutex_};
    return rules_;
}

void TcpGate::serve(ServedSocket& client) {
    const auto server = connect_to_port(server_port_);
    if (!server) {
        client.reset_at_close();
        return;
    }
    std::array<pollfd, 2> polled{pollfd{client.descriptor(), POLLIN, 0},
                                 pollfd{server->descriptor(), POLLIN, 0}};
    auto& [from_client, from_server] = polled;
    std::size_t passed = 0;
    while (!client.is_ending() && (from_client.fd >= 0 || from_server.fd >= 0)) {
        if (rules().is_black_hole) {
            client.sleep(std::chrono::milliseconds{kTickMilliseconds});
            continue;
        }
        if (::poll(polled.data(), polled.size(), kTickMilliseconds) <= 0) {
            continue;
        }
        if (from_client.revents != 0) {
            const auto bytes = client.receive();
            client.sleep(rules().delay);
            if (bytes.empty()) {
                server->send_end();
                from_client.fd = -1;
            }
            server->send(bytes);
        }
        if (from_server.revents != 0) {
            auto bytes = server->receive();
            if (bytes.empty()) {
                client.send_end();
                from_server.fd = -1;
            } else if (!pump_down(client, std::move(bytes), passed)) {
                return;
            }
        }
    }
}

// False when the connection is to be closed.
bool TcpGate::pump_down(ServedSocket& client, std::string bytes, std::size_t& passed) const {
    std::string_view left = bytes;
    while (!left.empty()) {
        const auto now = rules();
        if (now.is_black_hole) {
            if (!client.sleep(std::chrono::milliseconds{kTickMilliseconds})) {
                return false;
            }
            continue;
        }
        const auto limit = std::min(now.cut_after, now.reset_after);
        const auto size = std::min({left.size(), now.part_size, limit - std::min(limit, passed)});
        if (!client.sleep(now.delay) || !client.send(left.substr(0, size))) {
            return false;
        }
        left.remove_prefix(size);
        passed += size;
        if (passed >= now.reset_after) {
            client.reset_at_close();
            return false;
        }
        if (passed >= now.cut_after) {
            client.send_end();
            // A close with unread bytes would send a RST after the FIN.
            while (!client.receive().empty()) {
            }
            return false;
        }
        if (!client.sleep(now.part_pause)) {
            return false;
        }
    }
    return true;
}

}  // namespace cistern::test
