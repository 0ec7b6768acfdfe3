#include "socket_address.hpp"

#include <cistern/error.hpp>
#include <cistern/stream.hpp>

#include <netdb.h>
#include <sys/un.h>

#include <array>

namespace cistern {
namespace {

Endpoint numeric_endpoint(const SocketAddress& address) {
    std::array<char, NI_MAXHOST> host{};
    std::array<char, NI_MAXSERV> port{};
    const auto failed = ::getnameinfo(address.get(),
                                      address.size,
                                      host.data(),
                                      host.size(),
                                      port.data(),
                                      port.size(),
                                      NI_NUMERICHOST | NI_NUMERICSERV);
    return failed == 0 ? Endpoint{host.data(), port.data()} : Endpoint{"unknown", "unknown"};
}

}  // namespace

std::string host_text(const SocketAddress& address) {
    if (address.is_tcp()) {
        return numeric_endpoint(address).host;
    }
    return reinterpret_cast<const sockaddr_un*>(&address.storage)->sun_path;
}

std::string full_text(const SocketAddress& address) {
    return address.is_tcp() ? to_string(numeric_endpoint(address)) : "unix:" + host_text(address);
}

SocketAddress unix_address(const std::string& path) {
    SocketAddress address;
    auto& name = *reinterpret_cast<sockaddr_un*>(&address.storage);
    // One byte less: the kernel takes a path without its terminator, programs that print it do not.
    constexpr auto kLongest = sizeof name.sun_path - 1;
    if (path.empty() || path.size() > kLongest || path.find('\0') != std::string::npos) {
        throw ConnectError{"cannot connect to unix:" + path + ": a socket's path must have 1 to " +
                               std::to_string(kLongest) +
                               " bytes, none of them zero; this one has " +
                               std::to_string(path.size()),
                           {.breaks_connection = true}};
    }
    name.sun_family = AF_UNIX;
    path.copy(name.sun_path, path.size());
    address.size = sizeof name;
    return address;
}

}  // namespace cistern
