#include "redis_server.hpp"

#include "support/socket_server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <thread>
#include <utility>

namespace cistern::test {
namespace {

constexpr auto* kProgram = "/usr/bin/redis-server";
constexpr int kSkipped = 77;  // what CTest is told by cistern_add_test()
constexpr std::chrono::seconds kStartTime{20};

void skip_unless_installed() {
    if (::access(kProgram, X_OK) == 0) {
        return;
    }
    std::cout << "skipped: " << kProgram << " is not installed (package redis-server)" << std::endl;
    std::_Exit(kSkipped);
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

std::filesystem::path new_folder() {
    auto pattern = (std::filesystem::temp_directory_path() / "cistern-redis-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
        throw std::runtime_error{"no temporary folder"};
    }
    return pattern;
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

[[noreturn]] void become(const std::vector<char*>& arguments, const char* log) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // never outlive the test
    const int file = ::open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(file, STDOUT_FILENO);
    ::dup2(file, STDERR_FILENO);
    ::execv(kProgram, arguments.data());
    ::_exit(127);
}

}  // namespace

RedisServer::RedisServer(std::vector<std::string> arguments) : arguments_{std::move(arguments)} {
    skip_unless_installed();
    folder_ = new_folder();
    port_ = free_port();
    start();
}

RedisServer::~RedisServer() {
    kill();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
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

void RedisServer::kill() {
    if (process_ <= 0) {
        return;
    }
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = -1;
}

void RedisServer::start() {
    spawn();
    const auto give_up = std::chrono::steady_clock::now() + kStartTime;
    while (!is_answering()) {
        if (std::chrono::steady_clock::now() > give_up ||
            ::waitpid(process_, nullptr, WNOHANG) == process_) {
            throw std::runtime_error{"redis-server did not start; see its log in " +
                                     folder_.string()};
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
}

void RedisServer::freeze() {
    ::kill(process_, SIGSTOP);
}

void RedisServer::thaw() {
    ::kill(process_, SIGCONT);
}

// By port, because the Unix socket's file may be left from before a crash.
bool RedisServer::is_answering() const {
    const auto socket = connect_to_port(port_);
    return socket != nullptr && socket->send("PING\r\n") && !socket->receive().empty();
}

void RedisServer::spawn() {
    std::vector<std::string> texts{kProgram,
                                   "--port",
                                   std::to_string(port_),
                                   "--bind",
                                   "127.0.0.1",
                                   "--unixsocket",
                                   unix_path(),
                                   "--dir",
                                   folder_.string(),
                                   "--save",
                                   "",
                                   "--appendonly",
                                   "no"};
    texts.insert(texts.end(), arguments_.begin(), arguments_.end());
    std::vector<char*> arguments;
    for (auto& text : texts) {
        arguments.push_back(text.data());
    }
    arguments.push_back(nullptr);
    const auto log = (folder_ / "log").string();
    process_ = ::fork();
    if (process_ == 0) {
        become(arguments, log.c_str());
    }
    if (process_ < 0) {
        throw std::runtime_error{"redis-server cannot be started"};
    }
}

}  // namespace cistern::test
