#include "rpc/sasl_server.hpp"

#include <thrift/transport/TTransportException.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sandbox {
namespace {

using apache::thrift::transport::TTransportException;

constexpr char kStart = 1;
constexpr char kOk = 2;
constexpr char kBad = 3;
constexpr char kError = 4;
constexpr char kComplete = 5;

constexpr std::size_t kSaslHeader = 5;
// A name and a password; far below anything that would hurt to allocate.
constexpr std::size_t kMaxPayload = 8192;

struct Message {
    char status;
    std::string payload;
};

Message receive(Channel& channel) {
    const std::string header = channel.read_exactly(kSaslHeader);
    std::size_t length = 0;
    for (std::size_t i = 1; i < kSaslHeader; ++i) {
        length = length << 8U | static_cast<unsigned char>(header[i]);
    }
    if (length > kMaxPayload) {
        throw TTransportException{TTransportException::CORRUPTED_DATA,
                                  "a SASL message is too long"};
    }
    return {header.front(), channel.read_exactly(length)};
}

void send(Channel& channel, char status, std::string_view payload) {
    std::string out{status, '\0', '\0'};
    out += static_cast<char>((payload.size() >> 8U) & 0xFFU);
    out += static_cast<char>(payload.size() & 0xFFU);
    channel.send_raw(out + std::string{payload});
}

std::nullopt_t refuse(Channel& channel, char status, std::string_view reason) {
    send(channel, status, reason);
    return std::nullopt;
}

}  // namespace

std::optional<PlainLogin> parse_plain(std::string_view response) {
    std::vector<std::string> parts(1);
    for (const char c : response) {
        if (c == '\0') {
            parts.emplace_back();
        } else {
            parts.back() += c;
        }
    }
    if (parts.size() < 2 || parts.size() > 3) {
        return std::nullopt;
    }
    return PlainLogin{parts[parts.size() - 2], parts.back()};
}

std::optional<std::string> negotiate_plain(Channel& channel, const CheckLogin& check) {
    const Message start = receive(channel);
    if (start.status != kStart) {
        return refuse(
            channel, kError, "Expecting START status, received " + std::to_string(start.status));
    }
    if (start.payload != "PLAIN") {
        return refuse(channel, kBad, "Unsupported mechanism type " + start.payload);
    }
    const Message response = receive(channel);
    if (response.status != kOk && response.status != kComplete) {
        return refuse(channel,
                      kError,
                      "Expecting OK or COMPLETE, received " + std::to_string(response.status));
    }
    const auto login = parse_plain(response.payload);
    const bool complete = login && !login->user.empty() && !login->password.empty();
    if (!complete || !check(login->user, login->password)) {
        return refuse(channel, kBad, "Error validating the login");
    }
    send(channel, kComplete, "");
    channel.use_frames();
    return login->user;
}

}  // namespace sandbox
