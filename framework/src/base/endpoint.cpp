#include <cistern/stream.hpp>

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
    if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
        host = host.substr(1, host.size() - 2);
    } else if (host.find(':') != std::string_view::npos) {
        refuse(text, "an IPv6 address needs brackets");
    }
    if (host.empty()) {
        refuse(text, "the host is missing");
    }
    if (!is_port(port)) {
        refuse(text, "the port must be a number from 1 to 65535");
    }
    return {std::string{host}, std::string{port}};
}

}  // namespace cistern
