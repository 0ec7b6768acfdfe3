#include <cistern/stream.hpp>

#include <algorithm>
#include <charconv>

namespace cistern {
namespace {

[[noreturn]] void refuse(std::string_view text, const char* why) {
    throw ConfigError{"\"" + std::string{text} + "\" is no endpoint: " + why +
                      "; right would be host:port or [v6-address]:port"};
}

bool is_port(std::string_view text) {
    unsigned value = 0;
    const auto* const end = text.data() + text.size();
    const auto [stopped, failed] = std::from_chars(text.data(), end, value);
    return failed == std::errc{} && stopped == end && value >= 1 && value <= 65535;
}

constexpr std::string_view kNeverInHost = "/\\?#@[]\"'<>,;=";

bool is_name(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char byte) {
        return byte > ' ' && byte != '\x7f' && kNeverInHost.find(byte) == std::string_view::npos;
    });
}

}  // namespace

std::string to_string(const Endpoint& endpoint) {
    const bool is_v6 = endpoint.host.find(':') != std::string::npos;
    return (is_v6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" + endpoint.port;
}

Endpoint parse_endpoint(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) {
        refuse(text, "the port is missing");
    }
    auto host = text.substr(0, colon);
    const auto port = text.substr(colon + 1);
    const bool has_brackets = host.size() >= 2 && host.front() == '[' && host.back() == ']';
    if (has_brackets) {
        host = host.substr(1, host.size() - 2);
    }
    if (host.empty()) {
        refuse(text, "the host is missing");
    }
    if (!is_name(host)) {
        refuse(text, "the host has a character that no host has");
    }
    const bool is_v6 = host.find(':') != std::string_view::npos;
    if (is_v6 && !has_brackets) {
        refuse(text, "an IPv6 address needs brackets");
    }
    if (has_brackets && !is_v6) {
        refuse(text, "brackets are for an IPv6 address");
    }
    if (!is_port(port)) {
        refuse(text, "the port must be a number from 1 to 65535");
    }
    return {std::string{host}, std::string{port}};
}

}  // namespace cistern
