#include "rpc/server.hpp"

#include "rpc/checked_protocol.hpp"
#include "rpc/reply_faults.hpp"
#include "rpc/sasl_server.hpp"
#include "rpc/service.hpp"

#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/transport/TBufferTransports.h>

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <iostream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

namespace sandbox {
namespace {

using apache::thrift::protocol::TBinaryProtocol;
using apache::thrift::transport::TMemoryBuffer;

constexpr int kBacklog = 128;
constexpr std::chrono::seconds kLoginLimit{20};
// Other things than clients hold descriptors, and nothing tells when they let one go.
constexpr std::chrono::milliseconds kAcceptAgainAfter{50};

struct FreeAddress {
    void operator()(addrinfo* info) const noexcept { freeaddrinfo(info); }
};

std::unique_ptr<addrinfo, FreeAddress> resolve(const std::string& host, std::uint16_t port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    const int status = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
    if (status != 0) {
        throw std::runtime_error{"--bind " + host + ": " + gai_strerror(status)};
    }
    return std::unique_ptr<addrinfo, FreeAddress>{found};
}

std::uint16_t port_of(int descriptor) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
    const bool v6 = address.ss_family == AF_INET6;
    return ntohs(v6 ? reinterpret_cast<sockaddr_in6*>(&address)->sin6_port
                    : reinterpret_cast<sockaddr_in*>(&address)->sin_port);
}

// Takes whatever comes until the client, or the server's end, closes the channel.
void swallow(Channel& channel) {
    while (channel.wait_for_data()) {
        static_cast<void>(channel.read_exactly(1));
    }
}

}  // namespace

Server::Server(Engine& engine) : engine_{engine} {}

Server::~Server() {
    stop();
}

void Server::start() {
    const Options& options = engine_.options();
    const auto address = resolve(options.bind, options.port);
    const auto fail = [&options](int error) {
        throw std::system_error{
            error,
            std::generic_category(),
            "cannot listen on " + options.bind + ':' + std::to_string(options.port)};
    };
    listener_ = socket(address->ai_family, address->ai_socktype | SOCK_CLOEXEC, 0);
    if (listener_ < 0) {
        fail(errno);
    }
    const int on = 1;
    setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener_, address->ai_addr, address->ai_addrlen) != 0 ||
        listen(listener_, kBacklog) != 0) {
        fail(errno);
    }
    port_ = port_of(listener_);
    acceptor_ = std::thread{[this] { accept_clients(); }};
}

void Server::stop() noexcept {
    if (stopping_.exchange(true) || listener_ < 0) {
        return;
    }
    ::shutdown(listener_, SHUT_RDWR);
    {
        const std::lock_guard lock{mutex_};
        client_gone_.notify_all();
    }
    if (acceptor_.joinable()) {
        acceptor_.join();
    }
    ::close(listener_);
    std::list<std::unique_ptr<Client>> clients;
    {
        const std::lock_guard lock{mutex_};
        clients.swap(clients_);
    }
    for (const auto& client : clients) {
        client->channel->shut_down();
    }
    for (const auto& client : clients) {
        client->thread.join();
    }
}

void Server::accept_clients() {
    while (!stopping_) {
        const int descriptor = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (descriptor < 0) {
            if (errno == EINTR || errno == ECONNABORTED) {
                continue;
            }
            if (errno == EMFILE || errno == ENFILE) {
                await_free_descriptor();
                continue;
            }
            return;
        }
        auto client = std::make_unique<Client>(descriptor);
        const std::lock_guard lock{mutex_};
        forget_finished();
        if (clients_.size() >= static_cast<std::size_t>(engine_.options().max_connections)) {
            log("turned a client away: " + std::to_string(clients_.size()) + " are connected");
            continue;
        }
        Client& kept = *clients_.emplace_back(std::move(client));
        kept.thread = std::thread{[this, &kept] { serve(kept); }};
    }
}

// A client that has gone keeps its descriptor until it is forgotten.
void Server::await_free_descriptor() {
    std::unique_lock lock{mutex_};
    client_gone_.wait_for(lock, kAcceptAgainAfter, [this] {
        return stopping_ || std::any_of(clients_.begin(), clients_.end(), [](const auto& client) {
                   return client->done;
               });
    });
    forget_finished();
}

void Server::forget_finished() {
    for (auto i = clients_.begin(); i != clients_.end();) {
        if ((*i)->done) {
            (*i)->thread.join();
            i = clients_.erase(i);
        } else {
            ++i;
        }
    }
}

void Server::serve(Client& client) {
    log("a client has connected");
    try {
        converse(client);
    } catch (const std::exception& e) {
        log(std::string{"a client is turned away: "} + e.what());
    }
    client.channel->shut_down();
    log("a client has gone");
    const std::lock_guard lock{mutex_};
    client.done = true;
    client_gone_.notify_all();
}

void Server::converse(Client& client) {
    Channel& channel = *client.channel;
    const Options& options = engine_.options();
    std::string user;
    if (options.auth != Auth::kNoSasl) {
        channel.set_read_limit(kLoginLimit);
        const auto check = [&options](std::string_view name, std::string_view password) {
            const bool right = options.auth == Auth::kNone ||
                               (name == options.user && password == options.password);
            return right && !options.faults.refuse_login;
        };
        const auto logged_in = negotiate_plain(channel, check);
        if (!logged_in) {
            log("a login was refused");
            return;
        }
        user = *logged_in;
        channel.set_read_limit(std::chrono::seconds::zero());
    }
    auto service = std::make_shared<Service>(engine_, user);
    hive::rpc::TCLIServiceProcessor processor{service};
    auto input = std::make_shared<CheckedProtocol>(client.channel);
    while (!stopping_ && channel.wait_for_data()) {
        auto memory = std::make_shared<TMemoryBuffer>();
        auto output = std::make_shared<TBinaryProtocol>(memory);
        channel.begin_message();
        service->begin_call();
        if (!processor.process(input, output, nullptr)) {
            return;
        }
        std::string reply = memory->getBufferAsString();
        if (reply.empty() || service->outcome().drop) {
            return;
        }
        const MessageHead head = read_head(reply);
        log(head.method);
        if (service->outcome().error) {
            reply = exception_reply(head, *service->outcome().error);
        }
        const FaultyReply faulty = apply_to_reply(service->outcome().faults, std::move(reply));
        if (faulty.send) {
            faulty.framed ? channel.send_reply(faulty.bytes) : channel.send_raw(faulty.bytes);
        }
        if (faulty.freeze) {
            swallow(channel);
        }
        if (faulty.close || faulty.freeze) {
            return;
        }
    }
}

void Server::log(const std::string& line) const {
    if (engine_.options().verbose) {
        std::cerr << "hive-sandbox: " + line + '\n';
    }
}

}  // namespace sandbox
