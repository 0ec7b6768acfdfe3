#include "support/socket_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <utility>

namespace cistern::test {
namespace {

// How soon a thread that waits for its peer notices that it should end.
constexpr std::chrono::milliseconds kTick{10};
constexpr std::chrono::seconds kGenerous{10};
constexpr int kBacklog = 128;

int checked(int result, const char* what) {
    if (result < 0) {
        throw std::system_error{errno, std::system_category(), what};
    }
    return result;
}

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

int bound_socket(std::uint16_t port) {
    const int socket = checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    const int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const auto address = loopback(port);
    checked(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), "bind");
    return socket;
}

int bound_socket(const std::string& path) {
    const int socket = checked(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    ::unlink(path.c_str());
    checked(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), "bind");
    return socket;
}

std::uint16_t port_of(int socket) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    checked(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
    return ntohs(address.sin_port);
}

void send_at_once(int socket) {
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace

ServedSocket::~ServedSocket() {
    ::close(socket_);
}

std::string ServedSocket::receive(std::size_t most) {
    std::string bytes(most, '\0');
    while (wait(POLLIN)) {
        const auto got = ::recv(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT);
        if (got >= 0 || (errno != EAGAIN && errno != EINTR)) {
            bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
            return bytes;
        }
    }
    return {};
}

bool ServedSocket::send(std::string_view bytes) {
    while (!bytes.empty() && wait(POLLOUT)) {
        const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN && errno != EINTR) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(sent, 0)));
    }
    return bytes.empty();
}

void ServedSocket::send_end() {
    ::shutdown(socket_, SHUT_WR);
}

void ServedSocket::reset_at_close() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

bool ServedSocket::sleep(std::chrono::milliseconds duration) const {
    for (; duration > duration.zero() && !is_ending_; duration -= kTick) {
        std::this_thread::sleep_for(std::min(duration, kTick));
    }
    return !is_ending_;
}

void ServedSocket::end() {
    is_ending_ = true;
}

bool ServedSocket::wait(short events) const {
    pollfd polled{.fd = socket_, .events = events, .revents = 0};
    while (!is_ending_) {
        if (::poll(&polled, 1, static_cast<int>(kTick.count())) > 0) {
            return true;
        }
    }
    return false;
}

std::unique_ptr<ServedSocket> connect_to_port(std::uint16_t port) {
    auto socket = std::make_unique<ServedSocket>(
        checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
    send_at_once(socket->descriptor());
    const auto address = loopback(port);
    const auto* const name = reinterpret_cast<const sockaddr*>(&address);
    return ::connect(socket->descriptor(), name, sizeof address) == 0 ? std::move(socket) : nullptr;
}

SocketServer::SocketServer(Serve serve)
    : serve_{std::move(serve)}, port_holder_{bound_socket(0)}, port_{port_of(port_holder_)} {
    start_listening();
}

SocketServer::SocketServer(const std::string& unix_path, Serve serve)
    : serve_{std::move(serve)}, unix_path_{unix_path} {
    start_listening();
}

SocketServer::~SocketServer() {
    stop_listening();
    end_all();
    for (auto& served : served_) {
        served.thread.join();
    }
    if (port_holder_ >= 0) {
        ::close(port_holder_);
    }
    if (!unix_path_.empty()) {
        ::unlink(unix_path_.c_str());
    }
}

void SocketServer::start_listening() {
    listener_ = unix_path_.empty() ? bound_socket(port_) : bound_socket(unix_path_);
    checked(::listen(listener_, kBacklog), "listen");
    acceptor_ = std::thread{[this, listener = listener_] { accept_until_closed(listener); }};
}

void SocketServer::stop_listening() {
    const std::lock_guard lock{listening_mutex_};
    if (listener_ >= 0) {
        ::shutdown(listener_, SHUT_RDWR);
        acceptor_.join();
        ::close(std::exchange(listener_, -1));
    }
}

void SocketServer::listen_again() {
    const std::lock_guard lock{listening_mutex_};
    if (listener_ < 0) {
        start_listening();
    }
}

void SocketServer::accept_until_closed(int listener) {
    for (;;) {
        const int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0 && (errno == EINTR || errno == ECONNABORTED)) {
            continue;
        }
        if (socket < 0) {
            return;
        }
        if (unix_path_.empty()) {
            send_at_once(socket);
        }
        join_ended();
        auto shared = std::make_shared<ServedSocket>(socket);
        const std::lock_guard lock{mutex_};
        ++accepted_;
        const auto self = served_.insert(served_.end(), {shared, {}});
        self->thread = std::thread{
            [this, self, mine = std::move(shared)]() mutable { serve(self, std::move(mine)); }};
        changed_.notify_all();
    }
}

// The descriptor is closed before anybody can see that the connection has ended.
void SocketServer::serve(std::list<Served>::iterator self, std::shared_ptr<ServedSocket> socket) {
    serve_(*socket);
    const std::lock_guard lock{mutex_};
    self->socket.reset();
    socket.reset();
    changed_.notify_all();
}

void SocketServer::join_ended() {
    std::list<Served> ended;
    {
        const std::lock_guard lock{mutex_};
        for (auto served = served_.begin(); served != served_.end();) {
            const auto next = std::next(served);
            if (!served->socket) {
                ended.splice(ended.end(), served_, served);
            }
            served = next;
        }
    }
    for (auto& served : ended) {
        served.thread.join();
    }
}

void SocketServer::end_all() {
    const std::lock_guard lock{mutex_};
    for (const auto& served : served_) {
        if (served.socket) {
            served.socket->end();
        }
    }
}

void SocketServer::reset_all() {
    const std::lock_guard lock{mutex_};
    for (const auto& served : served_) {
        if (served.socket) {
            served.socket->reset_at_close();
            served.socket->end();
        }
    }
}

std::size_t SocketServer::accepted() const {
    const std::lock_guard lock{mutex_};
    return accepted_;
}

std::size_t SocketServer::open() const {
    const std::lock_guard lock{mutex_};
    return count_open();
}

bool SocketServer::wait_for_open(std::size_t count) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, kGenerous, [this, count] { return count_open() == count; });
}

std::size_t SocketServer::count_open() const {
    const auto is_open = [](const Served& served) { return served.socket != nullptr; };
    return static_cast<std::size_t>(std::count_if(served_.begin(), served_.end(), is_open));
}

}  // namespace cistern::test
