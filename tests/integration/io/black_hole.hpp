#pragma once

#include "io/descriptor.hpp"

#include <cistern/stream.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <string>
#include <vector>

namespace cistern::test {

// A port of 127.0.0.1 whose listener accepts nobody and whose backlog is full, so that the
// handshake of the next connect is never answered.
class BlackHole {
public:
    BlackHole() {
        listener_ = Descriptor{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        address_.sin_family = AF_INET;
        address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ::bind(listener_.get(), name(), sizeof address_);
        socklen_t size = sizeof address_;
        ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address_), &size);
        ::listen(listener_.get(), 0);
        for (int tries = 0; tries < 16 && !is_full_; ++tries) {
            fill();
        }
    }

    // Some kernels never fill; a test that needs this one then has to be skipped.
    [[nodiscard]] bool is_full() const noexcept { return is_full_; }
    [[nodiscard]] Endpoint endpoint() const {
        return {"127.0.0.1", std::to_string(ntohs(address_.sin_port))};
    }

private:
    [[nodiscard]] const sockaddr* name() const noexcept {
        return reinterpret_cast<const sockaddr*>(&address_);
    }
    void fill() {
        constexpr int kAnswersWithin = 200;  // milliseconds
        Descriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
        ::connect(socket.get(), name(), sizeof address_);
        pollfd polled{socket.get(), POLLOUT, 0};
        is_full_ = ::poll(&polled, 1, kAnswersWithin) == 0;
        waiting_.push_back(std::move(socket));
    }

    Descriptor listener_;
    sockaddr_in address_{};
    std::vector<Descriptor> waiting_;
    bool is_full_ = false;
};

}  // namespace cistern::test
