#pragma once

#include "fake_readiness.hpp"
#include "io/socket_stream.hpp"

#include <catch2/catch.hpp>

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <string>
#include <string_view>

namespace cistern::test {

// A SocketStream and the bare descriptor at its other end.
class SocketPair {
public:
    SocketPair() : SocketPair{made_pair()} {}

    void peer_sends(std::string_view bytes) {
        REQUIRE(::send(peer_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
                static_cast<ssize_t>(bytes.size()));
    }
    std::string peer_receives() {
        std::string bytes(1 << 20, '\0');
        const auto got = ::recv(peer_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return bytes;
    }
    void peer_closes() { peer_ = Descriptor{}; }
    // What the system still holds for the stream.
    [[nodiscard]] int bytes_in_socket() const {
        int bytes = -1;
        REQUIRE(::ioctl(socket, FIONREAD, &bytes) == 0);
        return bytes;
    }
    std::string reads(std::size_t most, Deadline deadline) {
        std::string bytes(most, '\0');
        bytes.resize(stream.read_some(bytes.data(), bytes.size(), deadline));
        return bytes;
    }
    [[nodiscard]] Deadline soon() const { return stream.deadline_after(std::chrono::seconds{1}); }
    [[nodiscard]] Deadline passed() const { return stream.deadline_after(Timeout::zero()); }

private:
    explicit SocketPair(const std::array<int, 2>& pair)
        : socket{pair[0]}, stream{Descriptor{pair[0]}, readiness, "peer:1"}, peer_{pair[1]} {}

    static std::array<int, 2> made_pair() {
        std::array<int, 2> pair{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()) == 0);
        return pair;
    }

public:
    FakeReadiness readiness;
    const int socket;
    SocketStream stream;

private:
    Descriptor peer_;
};

}  // namespace cistern::test
