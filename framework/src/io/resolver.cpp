#include "resolver.hpp"

#include "io_text.hpp"

#include <ares.h>
#include <netdb.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <chrono>
#include <cstring>
#include <memory>
#include <optional>

namespace cistern {
namespace {

// How long one name server may take before the next is asked; the caller's deadline bounds them
// all.
constexpr std::chrono::milliseconds kServerTimeout{2000};

[[noreturn]] void refuse(const Endpoint& to, const std::string& why, bool is_transient) {
    throw ConnectError{"cannot connect to " + to_string(to) + ": " + why,
                       {.breaks_connection = true, .is_transient = is_transient}};
}

SocketAddress copy_address(const sockaddr* address, socklen_t size) {
    SocketAddress copy;
    copy.size = std::min<socklen_t>(size, sizeof copy.storage);
    std::memcpy(&copy.storage, address, copy.size);
    return copy;
}

// The system's own parser knows every spelling, zone of a link-local address included, and asks
// nobody.
std::optional<SocketAddress> parse_literal(const Endpoint& endpoint) {
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(endpoint.host.c_str(), endpoint.port.c_str(), &hints, &found) != 0) {
        return {};
    }
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner{found, ::freeaddrinfo};
    return copy_address(found->ai_addr, found->ai_addrlen);
}

using FoundAddresses = std::unique_ptr<ares_addrinfo, void (*)(ares_addrinfo*)>;

// Filled by c-ares through a pointer; outlives the channel that may still call back.
struct Answer {
    bool has_come = false;
    int status = ARES_SUCCESS;
    FoundAddresses found{nullptr, ::ares_freeaddrinfo};
};

void on_answer(void* target, int status, int /*timeouts*/, ares_addrinfo* found) {
    auto& answer = *static_cast<Answer*>(target);
    answer.has_come = true;
    answer.status = status;
    answer.found.reset(found);
}

class Channel {
public:
    explicit Channel(const std::string& name_servers) {
        ares_options options{};
        options.timeout = static_cast<int>(kServerTimeout.count());
        status_ = ::ares_init_options(&channel_, &options, ARES_OPT_TIMEOUTMS);
        if (status_ == ARES_SUCCESS && !name_servers.empty()) {
            status_ = ::ares_set_servers_ports_csv(channel_, name_servers.c_str());
        }
    }
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;
    ~Channel() {
        if (channel_ != nullptr) {
            ::ares_destroy(channel_);
        }
    }

    [[nodiscard]] ares_channel get() const noexcept { return channel_; }
    [[nodiscard]] int status() const noexcept { return status_; }

private:
    ares_channel channel_ = nullptr;
    int status_ = ARES_SUCCESS;
};

// Lets c-ares work once on whatever is ready; false when the deadline passed before anything was.
bool work_once(ares_channel channel, Readiness& readiness, Deadline deadline) {
    std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
    const auto wanted = ::ares_getsock(channel, sockets.data(), ARES_GETSOCK_MAXNUM);
    std::array<Watch, ARES_GETSOCK_MAXNUM> watches{};
    std::size_t count = 0;
    for (unsigned i = 0; i < sockets.size(); ++i) {
        const bool reads = ARES_GETSOCK_READABLE(static_cast<unsigned>(wanted), i) != 0;
        const bool writes = ARES_GETSOCK_WRITABLE(static_cast<unsigned>(wanted), i) != 0;
        if (reads || writes) {
            watches[count++] = {
                .descriptor = sockets[i], .for_reading = reads, .for_writing = writes};
        }
    }
    timeval retry_in{};
    ::ares_timeout(channel, nullptr, &retry_in);
    const auto retry = readiness.clock().deadline_after(
        std::chrono::seconds{retry_in.tv_sec} + std::chrono::microseconds{retry_in.tv_usec});
    const bool is_ready = readiness.wait({watches.data(), count}, std::min(deadline, retry));
    if (!is_ready && readiness.clock().has_passed(deadline)) {
        return false;
    }
    for (std::size_t i = 0; i < count; ++i) {
        ::ares_process_fd(channel,
                          watches[i].is_readable ? watches[i].descriptor : ARES_SOCKET_BAD,
                          watches[i].is_writable ? watches[i].descriptor : ARES_SOCKET_BAD);
    }
    if (!is_ready) {
        ::ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    }
    return true;
}

[[noreturn]] void refuse_status(const Endpoint& to, int status) {
    const std::string name = "the name \"" + to.host + "\" ";
    switch (status) {
        case ARES_ENOTFOUND:
            refuse(to, name + "is unknown (no such host)", false);
        case ARES_ENODATA:
            refuse(to, name + "has no address", false);
        case ARES_EBADNAME:
            refuse(to, name + "cannot be a host's name", false);
        case ARES_ETIMEOUT:
            refuse(to, name + "could not be resolved: no name server answered", true);
        case ARES_ECONNREFUSED:
            refuse(to, name + "could not be resolved: no name server could be reached", true);
        case ARES_ESERVFAIL:
            refuse(to, name + "could not be resolved: the name server failed", true);
        default:
            refuse(to, name + "could not be resolved: " + ::ares_strerror(status), true);
    }
}

std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (const auto& part : parts) {
        text += (text.empty() ? "" : ",") + part;
    }
    return text;
}

}  // namespace

Resolver::Resolver(Readiness& readiness, ResolverOptions options)
    : readiness_{readiness}, name_servers_{joined(options.name_servers)} {
    // Not safe in several threads at once, which the language's own guard makes up for.
    [[maybe_unused]] static const int status = ::ares_library_init(ARES_LIB_INIT_ALL);
    assert(status == ARES_SUCCESS);
}

std::vector<SocketAddress> Resolver::resolve(const Endpoint& endpoint, Deadline deadline) const {
    if (const auto literal = parse_literal(endpoint)) {
        return {*literal};
    }
    const auto granted = readiness_.clock().left(deadline);
    Answer answer;
    const Channel channel{name_servers_};
    if (channel.status() != ARES_SUCCESS) {
        refuse_status(endpoint, channel.status());
    }
    ares_addrinfo_hints hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = ARES_AI_NUMERICSERV;
    ::ares_getaddrinfo(
        channel.get(), endpoint.host.c_str(), endpoint.port.c_str(), &hints, on_answer, &answer);
    while (!answer.has_come) {
        if (!work_once(channel.get(), readiness_, deadline)) {
            throw DeadlineExceeded{"cannot connect to " + to_string(endpoint) + ": the name \"" +
                                       endpoint.host + "\" was not resolved within " +
                                       duration_text(granted),
                                   {.breaks_connection = true, .is_transient = true}};
        }
    }
    if (answer.status != ARES_SUCCESS) {
        refuse_status(endpoint, answer.status);
    }
    std::vector<SocketAddress> addresses;
    for (const auto* node = answer.found->nodes; node != nullptr; node = node->ai_next) {
        addresses.push_back(copy_address(node->ai_addr, node->ai_addrlen));
    }
    if (addresses.empty()) {
        refuse_status(endpoint, ARES_ENODATA);
    }
    return addresses;
}

}  // namespace cistern
