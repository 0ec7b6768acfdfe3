#include "delegation_token.hpp"

#include "base64.hpp"

#include <cistern/error.hpp>

#include <sasl/saslutil.h>

#include <cstdint>
#include <string_view>

namespace hive {
namespace {

// Hive's have some hundred bytes.
constexpr std::size_t kLongestDelegationToken = 64 * 1024;

[[noreturn]] void refuse() {
    throw cistern::ConfigError{
        "hive: delegation_token is not what GetDelegationToken gives: the URL-safe base64 of a "
        "Hadoop token"};
}

// base64 with - and _ in place of + and /, without padding.
std::string from_url_text(std::string_view text) {
    if (text.empty() || text.size() > kLongestDelegationToken) {
        refuse();
    }
    std::string standard{text};
    for (char& c : standard) {
        c = c == '-' ? '+' : c == '_' ? '/' : c;
    }
    constexpr std::size_t kGroup = 4;
    standard.append((kGroup - standard.size() % kGroup) % kGroup, '=');
    std::string bytes(standard.size(), '\0');
    unsigned size = 0;
    if (sasl_decode64(standard.data(),
                      static_cast<unsigned>(standard.size()),
                      bytes.data(),
                      static_cast<unsigned>(bytes.size()),
                      &size) != SASL_OK) {
        refuse();
    }
    bytes.resize(size);
    return bytes;
}

std::uint8_t take_byte(std::string_view& bytes) {
    if (bytes.empty()) {
        refuse();
    }
    const auto byte = static_cast<std::uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    return byte;
}

// Hadoop's variable length: up to 127 in one byte; else a byte that tells how many follow.
std::size_t take_length(std::string_view& bytes) {
    constexpr std::uint8_t kLargestShort = 127;
    constexpr std::uint8_t kOneMore = 0x8f;  // -113
    constexpr std::uint8_t kFourMore = 0x8c;
    const auto first = take_byte(bytes);
    if (first <= kLargestShort) {
        return first;
    }
    if (first > kOneMore || first < kFourMore) {  // negative, or beyond all tokens
        refuse();
    }
    std::size_t length = 0;
    for (int left = kOneMore - first + 1; left > 0; --left) {
        length = length << 8 | take_byte(bytes);
    }
    return length;
}

std::string_view take_field(std::string_view& bytes) {
    const auto length = take_length(bytes);
    if (length > bytes.size()) {
        refuse();
    }
    const auto field = bytes.substr(0, length);
    bytes.remove_prefix(length);
    return field;
}

}  // namespace

TokenLogin read_delegation_token(const cistern::Secret& token) {
    const cistern::Secret bytes{from_url_text(token.reveal())};
    std::string_view rest = bytes.reveal();
    const auto identifier = take_field(rest);
    const auto password = take_field(rest);
    static_cast<void>(take_field(rest));  // kind
    static_cast<void>(take_field(rest));  // service
    if (identifier.empty() || password.empty() || !rest.empty()) {
        refuse();
    }
    return {base64(identifier), cistern::Secret{base64(password)}};
}

}  // namespace hive
