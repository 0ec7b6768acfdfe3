#include "socket_io.hpp"

#include "socket_connect.hpp"
#include "socket_stream.hpp"

#include <utility>

namespace cistern {
namespace {

[[noreturn]] void give_up(const std::string& to, const std::string& why, bool is_late) {
    const auto text = "cannot connect to " + to + ": " + why;
    const ErrorTraits traits{.breaks_connection = true, .is_transient = true};
    if (is_late) {
        throw DeadlineExceeded{text, traits};
    }
    throw ConnectError{text, traits};
}

Deadline fair_share(const Clock& clock, Deadline deadline, std::size_t addresses_left) {
    return addresses_left == 1
               ? deadline
               : clock.deadline_after(clock.left(deadline) / static_cast<int>(addresses_left));
}

}  // namespace

SocketIo::SocketIo(Readiness& readiness, ResolverOptions resolver, std::function<double()> random)
    : readiness_{readiness},
      resolver_{readiness, std::move(resolver)},
      random_{std::move(random)} {}

std::unique_ptr<Stream> SocketIo::connect_tcp(const Endpoint& to, Deadline deadline) {
    const auto addresses = resolver_.resolve(to, deadline);
    std::string failures;
    bool is_late = false;
    for (std::size_t tried = 0; tried < addresses.size() && !is_late; ++tried) {
        const auto& address = addresses[tried];
        auto attempt = connect_socket(
            readiness_, address, fair_share(clock(), deadline, addresses.size() - tried));
        if (attempt.socket.is_open()) {
            return std::make_unique<SocketStream>(
                std::move(attempt.socket), readiness_, full_text(address));
        }
        if (attempt.is_out_of_sockets) {
            give_up(to_string(to), attempt.failure, false);
        }
        failures += (failures.empty() ? "" : "; ") + host_text(address) + " " + attempt.failure;
        is_late = attempt.is_late && clock().has_passed(deadline);
    }
    give_up(to_string(to), failures, is_late);
}

std::unique_ptr<Stream> SocketIo::connect_unix(const std::string& path, Deadline deadline) {
    const auto address = unix_address(path);
    auto attempt = connect_socket(readiness_, address, deadline);
    if (!attempt.socket.is_open()) {
        give_up(full_text(address), attempt.failure, attempt.is_late);
    }
    return std::make_unique<SocketStream>(
        std::move(attempt.socket), readiness_, full_text(address));
}

}  // namespace cistern
