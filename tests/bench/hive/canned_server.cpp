#include "canned_server.hpp"

#include "unit/hive/fake_hive.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <memory>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

namespace hive::bench {
namespace {

constexpr auto* kFetch = "FetchResults";

int checked(int result, const char* what) {
    if (result < 0) {
        throw std::system_error{errno, std::generic_category(), what};
    }
    return result;
}

class Socket {
public:
    explicit Socket(int descriptor) : descriptor_{checked(descriptor, "socket")} {}
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    ~Socket() { ::close(descriptor_); }

    [[nodiscard]] int get() const noexcept { return descriptor_; }
    void send_now() const {
        const int yes = 1;
        ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    }
    void send_all(std::string_view bytes) const {
        while (!bytes.empty()) {
            const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) {
                return;  // the next receive() tells that the peer is gone
            }
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }
    // Empty: the peer is gone.
    [[nodiscard]] std::string_view receive(std::array<char, 64 * 1024>& buffer) const {
        const auto got = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
        return {buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
    }

private:
    int descriptor_;
};

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

std::uint16_t listen_on(const Socket& listener) {
    auto address = loopback(0);
    socklen_t size = sizeof(address);
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    checked(::bind(listener.get(), any, size), "bind");
    checked(::listen(listener.get(), 8), "listen");
    checked(::getsockname(listener.get(), any, &size), "getsockname");
    return ntohs(address.sin_port);
}

// A call comes whole in one piece: it is short, and its sender waits for the answer.
void serve(const Socket& client, std::string& reply, int batches) {
    test::FakeHive hive;
    std::array<char, 64 * 1024> buffer{};
    int left = batches;
    for (auto call = client.receive(buffer); !call.empty(); call = client.receive(buffer)) {
        const auto method = test::method_of(call);
        if (method == "ExecuteStatement") {
            left = batches;
        }
        if (method == kFetch && left > 0) {
            --left;
            // The sequence id stands behind the name in both.
            constexpr std::size_t kSequence = 8 + std::string_view{kFetch}.size();
            call.substr(kSequence).copy(reply.data() + kSequence, 4);
            client.send_all(reply);
        } else {
            client.send_all(hive.answer(call));
        }
    }
}

std::string call_for_a_batch() {
    using namespace apache::thrift;
    auto memory = std::make_shared<transport::TMemoryBuffer>();
    protocol::TBinaryProtocol protocol{memory};
    rpc::TFetchResultsReq request;
    request.operationHandle = test::operation_handle('A');
    protocol.writeMessageBegin(kFetch, protocol::T_CALL, 1);
    protocol.writeFieldBegin("req", protocol::T_STRUCT, 1);
    request.write(&protocol);
    protocol.writeFieldStop();
    return memory->getBufferAsString();
}

}  // namespace

CannedServer::CannedServer(const rpc::TFetchResultsResp& reply, int batches) : batches_{batches} {
    auto message = test::reply(kFetch, reply);
    reply_size_ = message.size();
    const Socket listener{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    port_ = listen_on(listener);
    child_ = checked(::fork(), "fork");
    if (child_ != 0) {
        return;
    }
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    try {
        while (true) {
            auto client = std::make_unique<Socket>(::accept(listener.get(), nullptr, nullptr));
            client->send_now();
            std::thread{[client = std::move(client), message, batches]() mutable {
                serve(*client, message, batches);
            }}.detach();
        }
    } catch (...) {
        ::_exit(1);
    }
}

CannedServer::~CannedServer() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
}

std::string CannedServer::endpoint() const {
    return "127.0.0.1:" + std::to_string(port_);
}

void CannedServer::drop_all() const {
    const Socket socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    const auto address = loopback(port_);
    checked(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)),
            "connect");
    socket.send_now();
    const auto call = call_for_a_batch();
    std::array<char, 64 * 1024> buffer{};
    for (int i = 0; i < batches_; ++i) {
        socket.send_all(call);
        for (std::uint64_t left = reply_size_; left > 0;) {
            const auto got = socket.receive(buffer).size();
            if (got == 0) {
                throw std::system_error{ECONNRESET, std::generic_category(), "the canned server"};
            }
            left -= got;
        }
    }
}

}  // namespace hive::bench
