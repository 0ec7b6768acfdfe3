#include "rpc/channel.hpp"

#include <thrift/transport/TTransportException.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace sandbox {
namespace {

using apache::thrift::transport::TTransportException;

// No request of a client is larger than this.
constexpr std::size_t kMaxMessage = 16 << 20;
constexpr std::size_t kBuffer = 64 << 10;
constexpr std::size_t kHeader = 4;

std::size_t decode_length(std::string_view bytes) {
    std::size_t value = 0;
    for (const char c : bytes) {
        value = value << 8U | static_cast<unsigned char>(c);
    }
    return value;
}

std::string encode_length(std::size_t value) {
    std::string out;
    for (int shift = 24; shift >= 0; shift -= 8) {
        out += static_cast<char>((value >> static_cast<unsigned>(shift)) & 0xFFU);
    }
    return out;
}

}  // namespace

Channel::Channel(int descriptor) : descriptor_{descriptor} {
    const int on = 1;
    setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(descriptor_, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
}

Channel::~Channel() {
    ::close(descriptor_);
}

void Channel::set_read_limit(std::chrono::seconds limit) const {
    timeval time{};
    time.tv_sec = limit.count();
    setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
}

void Channel::shut_down() const noexcept {
    ::shutdown(descriptor_, SHUT_RDWR);
}

std::size_t Channel::receive(char* to, std::size_t size) {
    while (true) {
        const auto got = ::recv(descriptor_, to, size, 0);
        if (got >= 0) {
            return static_cast<std::size_t>(got);
        }
        if (errno == ECONNRESET) {
            return 0;
        }
        if (errno != EINTR) {
            throw TTransportException{TTransportException::TIMED_OUT, std::strerror(errno)};
        }
    }
}

bool Channel::wait_for_data() {
    if (at_ == buffer_.size()) {
        buffer_.resize(kBuffer);
        buffer_.resize(receive(buffer_.data(), buffer_.size()));
        at_ = 0;
    }
    return at_ < buffer_.size();
}

std::string Channel::read_exactly(std::size_t size) {
    std::string out;
    while (out.size() < size) {
        if (!wait_for_data()) {
            throw TTransportException{TTransportException::END_OF_FILE, "the client has gone"};
        }
        const std::size_t take = std::min(size - out.size(), buffer_.size() - at_);
        out.append(buffer_, at_, take);
        at_ += take;
    }
    return out;
}

void Channel::next_frame() {
    while (frame_left_ == 0) {
        frame_left_ = decode_length(read_exactly(kHeader));
        if (frame_left_ > kMaxMessage) {
            throw TTransportException{TTransportException::CORRUPTED_DATA,
                                      "a SASL frame is too large"};
        }
    }
}

std::uint32_t Channel::read_virt(std::uint8_t* to, std::uint32_t size) {
    std::size_t most = size;
    if (framed_) {
        next_frame();
        most = std::min<std::size_t>(most, frame_left_);
    }
    if (!wait_for_data()) {
        return 0;
    }
    most = std::min(most, buffer_.size() - at_);
    std::memcpy(to, buffer_.data() + at_, most);
    at_ += most;
    frame_left_ -= framed_ ? most : 0;
    message_bytes_ += most;
    if (message_bytes_ > kMaxMessage) {
        throw TTransportException{TTransportException::CORRUPTED_DATA, "the request is too large"};
    }
    return static_cast<std::uint32_t>(most);
}

void Channel::send_raw(std::string_view bytes) const {
    while (!bytes.empty()) {
        const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent < 0) {
            throw TTransportException{TTransportException::END_OF_FILE, std::strerror(errno)};
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

void Channel::send_reply(std::string_view reply) const {
    if (framed_) {
        // One write: two would cost a round trip with delayed acknowledgements.
        send_raw(encode_length(reply.size()) + std::string{reply});
    } else {
        send_raw(reply);
    }
}

}  // namespace sandbox
