#include "peer_protocol.hpp"

namespace hive {
namespace {

constexpr std::uint8_t kThrift = 0x80;
constexpr std::uint8_t kTlsAlert = 0x15;
constexpr std::uint8_t kTlsHandshake = 0x16;
constexpr std::uint8_t kLastSaslStatus = 5;

bool is_sasl(std::uint8_t byte) {
    return byte > 0 && byte <= kLastSaslStatus;
}

std::string describe_silence(Opening spoken) {
    return spoken == Opening::kNoSasl ? "it closed the connection instead of answering: it may "
                                        "expect SASL (auth = none, ldap or "
                                        "custom), TLS or HTTP, or have no worker thread left"
                                      : "it closed the connection instead of answering: it may run "
                                        "without SASL (auth = nosasl), "
                                        "expect TLS or HTTP, or have no worker thread left";
}

}  // namespace

std::optional<std::string> describe_mismatch(Opening spoken,
                                             std::optional<std::uint8_t> first_byte) {
    if (!first_byte) {
        return describe_silence(spoken);
    }
    if (spoken == Opening::kNoSasl ? *first_byte == kThrift : is_sasl(*first_byte)) {
        return std::nullopt;
    }
    switch (*first_byte) {
        case kTlsAlert:
        case kTlsHandshake:
            return "it speaks TLS: set tls = on, or ssl=true in the URL";
        case 'H':
            return "it speaks HTTP (hive.server2.transport.mode = http): set transport = http, or "
                   "transportMode=http in the URL";
        case kThrift:
            return "it runs without SASL: set auth = nosasl";
        default:
            break;
    }
    if (is_sasl(*first_byte)) {
        return "it expects SASL: set auth to none, ldap or custom, as its "
               "hive.server2.authentication says";
    }
    return "its first byte, " + std::to_string(*first_byte) + ", is not one of HiveServer2's";
}

std::optional<std::string> describe_plain_peer(std::string_view answer) {
    if (answer.empty()) {
        return std::nullopt;
    }
    const auto first = static_cast<std::uint8_t>(answer.front());
    if (is_sasl(first)) {
        return "it speaks SASL without TLS (hive.server2.use.SSL = false): set tls = off, or "
               "ssl=false "
               "in the URL";
    }
    if (first == kThrift) {
        return "it runs without TLS and without SASL: set tls = off and auth = nosasl";
    }
    if (answer.starts_with("HTTP/")) {
        return "it speaks HTTP without TLS: set tls = off, or ssl=false in the URL, and transport "
               "= http";
    }
    return std::nullopt;
}

std::optional<std::string> describe_no_http(std::string_view answer) {
    const auto first =
        answer.empty() ? std::uint8_t{'H'} : static_cast<std::uint8_t>(answer.front());
    if (first == kTlsAlert || first == kTlsHandshake) {
        return describe_mismatch(Opening::kSasl, first);
    }
    if (is_sasl(first) || first == kThrift) {
        return "it speaks the binary protocol: set transport = binary, or leave transportMode out "
               "of the "
               "URL";
    }
    return std::nullopt;
}

}  // namespace hive
