#include "socket_connect.hpp"

#include "io_text.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace cistern {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kKeepaliveIdle{30};
constexpr seconds kKeepaliveInterval{10};
constexpr int kKeepaliveProbes = 3;
constexpr seconds kUserTimeout{30};
// How often a Unix socket whose listener is busy is tried again: the system cannot tell when to.
constexpr milliseconds kBusyListenerPause{5};

void set_option(const Descriptor& socket, int level, int option, int value) {
    // A kernel that lacks one still has a connection to give.
    ::setsockopt(socket.get(), level, option, &value, sizeof value);
}

void tune_tcp(const Descriptor& socket) {
    set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
    set_option(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, static_cast<int>(kKeepaliveIdle.count()));
    set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, static_cast<int>(kKeepaliveInterval.count()));
    set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, kKeepaliveProbes);
    set_option(socket,
               IPPROTO_TCP,
               TCP_USER_TIMEOUT,
               static_cast<int>(milliseconds{kUserTimeout}.count()));
}

ConnectAttempt out_of_sockets(int error) {
    if (error == EMFILE) {
        rlimit limit{};
        ::getrlimit(RLIMIT_NOFILE, &limit);
        return {.failure = "this process has all of its " + std::to_string(limit.rlim_cur) +
                           " file descriptors in use (EMFILE); raise the limit (ulimit -n) or open "
                           "fewer connections",
                .is_out_of_sockets = true};
    }
    const bool is_for_all = error == ENFILE || error == ENOBUFS || error == ENOMEM;
    return {.failure = "no socket to be had: " + error_number_text(error),
            .is_out_of_sockets = is_for_all};
}

std::string why_not(int error) {
    switch (error) {
        case ECONNREFUSED:
            return "refused";
        case ETIMEDOUT:
            return "did not answer";
        case EHOSTUNREACH:
        case ENETUNREACH:
            return "cannot be reached: " + error_number_text(error);
        default:
            return error_number_text(error);
    }
}

int pending_error(const Descriptor& socket) {
    int error = 0;
    socklen_t size = sizeof error;
    return ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

// A port of this machine that nobody listens on may be given to the very socket that connects to
// it: TCP then joins the socket to itself.
bool is_joined_to_itself(const Descriptor& socket, const SocketAddress& address) {
    SocketAddress own;
    own.size = sizeof own.storage;
    auto* const name = reinterpret_cast<sockaddr*>(&own.storage);
    return ::getsockname(socket.get(), name, &own.size) == 0 && own.size == address.size &&
           full_text(own) == full_text(address);
}

// Zero, or what connect() failed with; EINPROGRESS has been waited for. ETIME: the deadline passed.
int connect_by(Readiness& readiness,
               const Descriptor& socket,
               const SocketAddress& address,
               Deadline deadline) {
    for (;;) {
        if (::connect(socket.get(), address.get(), address.size) == 0) {
            return 0;
        }
        if (errno == EINPROGRESS || errno == EINTR) {
            Watch watch{.descriptor = socket.get(), .for_writing = true};
            return readiness.wait({&watch, 1}, deadline) ? pending_error(socket) : ETIME;
        }
        if (errno != EAGAIN || address.is_tcp()) {
            return errno;
        }
        const auto& clock = readiness.clock();
        if (clock.has_passed(deadline)) {
            return ETIME;
        }
        readiness.wait({}, std::min(deadline, clock.deadline_after(kBusyListenerPause)));
    }
}

}  // namespace

ConnectAttempt connect_socket(Readiness& readiness,
                              const SocketAddress& address,
                              Deadline deadline) {
    const auto granted = readiness.clock().left(deadline);
    auto socket = Descriptor::from(
        [&] { return ::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); });
    if (!socket.is_open()) {
        return out_of_sockets(errno);
    }
    if (address.is_tcp()) {
        tune_tcp(socket);
    }
    auto error = connect_by(readiness, socket, address, deadline);
    if (error == ETIME) {
        return {.failure = "did not answer within " + duration_text(granted), .is_late = true};
    }
    if (error == 0 && address.is_tcp() && is_joined_to_itself(socket, address)) {
        error = ECONNREFUSED;
    }
    if (error != 0) {
        return {.failure = why_not(error)};
    }
    return {.socket = std::move(socket)};
}

}  // namespace cistern
