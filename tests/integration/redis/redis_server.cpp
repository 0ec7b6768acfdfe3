#include "redis_server.hpp"

#include "support/skip.hpp"
#include "support/socket_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace cistern::test {
namespace {

constexpr auto* kProgram = "/usr/bin/redis-server";

void skip_unless_installed() {
    if (::access(kProgram, X_OK) != 0) {
        skip(std::string{kProgram} + " is not installed (package redis-server)");
    }
}

// Another program may take it before the server does; then the start fails and says so.
std::uint16_t free_port() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    const bool bound =
        ::bind(socket, generic, size) == 0 && ::getsockname(socket, generic, &size) == 0;
    ::close(socket);
    if (!bound) {
        throw std::runtime_error{"no free port"};
    }
    return ntohs(address.sin_port);
}

std::unique_ptr<ServedSocket> connect_to_path(const std::string& path) {
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        ::close(socket);
        return nullptr;
    }
    return std::make_unique<ServedSocket>(socket);
}

}  // namespace

RedisServer::RedisServer(std::vector<std::string> arguments)
    : arguments_{std::move(arguments)}, process_{kProgram, folder_ / "log"} {
    skip_unless_installed();
    port_ = free_port();
    start();
}

RedisServer::RedisServer(std::vector<std::string> arguments, const Identity& identity)
    : arguments_{"--tls-cert-file",
                 identity.cert_file,
                 "--tls-key-file",
                 identity.key_file,
                 "--tls-auth-clients",
                 "no"},
      process_{kProgram, folder_ / "log"} {
    skip_unless_installed();
    arguments_.insert(arguments_.end(), arguments.begin(), arguments.end());
    port_ = free_port();
    do {
        tls_port_ = free_port();
    } while (tls_port_ == port_);
    arguments_.insert(arguments_.end(), {"--tls-port", std::to_string(tls_port_)});
    start();
}

std::string RedisServer::ask(const std::string& command_line) const {
    const auto socket = connect_to_path(unix_path());
    if (socket == nullptr) {
        throw std::runtime_error{"redis-server does not listen at " + unix_path()};
    }
    if (!auth_line_.empty()) {
        socket->send(auth_line_ + "\r\n");
        static_cast<void>(socket->receive());
    }
    // The server hangs up after the goodbye, so all that arrives is the reply.
    socket->send(command_line + "\r\nQUIT\r\n");
    std::string reply;
    for (auto part = socket->receive(); !part.empty(); part = socket->receive()) {
        reply += part;
    }
    return reply.substr(0, reply.rfind("+OK\r\n"));
}

long RedisServer::info(const std::string& name) const {
    const auto all = ask("INFO");
    const auto at = all.find("\n" + name + ":");
    return at == std::string::npos ? -1 : std::atol(all.c_str() + at + name.size() + 2);
}

void RedisServer::start() {
    std::vector<std::string> arguments{"--port",
                                       std::to_string(port_),
                                       "--bind",
                                       "127.0.0.1",
                                       "--unixsocket",
                                       unix_path(),
                                       "--dir",
                                       folder_.path().string(),
                                       "--save",
                                       "",
                                       "--appendonly",
                                       "no"};
    arguments.insert(arguments.end(), arguments_.begin(), arguments_.end());
    process_.start(std::move(arguments), [this] { return is_answering(); });
}

// By port, because the Unix socket's file may be left from before a crash.
bool RedisServer::is_answering() const {
    const auto socket = connect_to_port(port_);
    return socket != nullptr && socket->send("PING\r\n") && !socket->receive().empty();
}

}  // namespace cistern::test
