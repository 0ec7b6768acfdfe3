#pragma once

#include <sys/socket.h>

#include <string>

namespace cistern {

// One address of whatever family, as the system calls take it.
struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = 0;

    [[nodiscard]] const sockaddr* get() const noexcept {
        return reinterpret_cast<const sockaddr*>(&storage);
    }
    [[nodiscard]] int family() const noexcept { return storage.ss_family; }
    [[nodiscard]] bool is_tcp() const noexcept { return family() != AF_UNIX; }
};

// "10.0.0.1", "fe80::1%eth0"; for a Unix socket its path.
[[nodiscard]] std::string host_text(const SocketAddress& address);
// "10.0.0.1:6379", "[::1]:6379", "unix:/run/x.sock".
[[nodiscard]] std::string full_text(const SocketAddress& address);
// Throws ConnectError for a path that the system cannot express.
[[nodiscard]] SocketAddress unix_address(const std::string& path);

}  // namespace cistern
