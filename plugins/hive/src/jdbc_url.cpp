#include "jdbc_url.hpp"

#include <cistern/error.hpp>

#include <algorithm>
#include <optional>

namespace hive {
namespace {

constexpr std::string_view kScheme = "jdbc:hive2://";
constexpr std::string_view kDefaultPort = "10000";
constexpr std::string_view kDefaultZooKeeperPort = "2181";

[[noreturn]] void refuse(const std::string& why) {
    throw cistern::ConfigError{
        "hive: the JDBC URL " + why +
        "; expected jdbc:hive2://host:port/database;key=value?conf=value#variable=value"};
}

std::optional<int> hex_digit(char digit) {
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    if (digit >= 'a' && digit <= 'f') {
        return digit - 'a' + 10;
    }
    if (digit >= 'A' && digit <= 'F') {
        return digit - 'A' + 10;
    }
    return std::nullopt;
}

// Decodes %XX. A plus stays a plus, as passwords have them more often than forms encode them.
std::string decoded(std::string_view text) {
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            plain += text[at];
            continue;
        }
        const auto high = at + 2 < text.size() ? hex_digit(text[at + 1]) : std::nullopt;
        const auto low = high ? hex_digit(text[at + 2]) : std::nullopt;
        if (!low) {
            refuse(
                "has a % that is not followed by two hexadecimal digits (write %25 for a percent "
                "sign)");
        }
        plain += static_cast<char>(*high * 16 + *low);
        at += 2;
    }
    return plain;
}

// Everything in `text` up to one of `delimiters`, which stays in `text`.
std::string_view take_until(std::string_view& text, std::string_view delimiters) {
    const auto end = std::min(text.find_first_of(delimiters), text.size());
    const auto taken = text.substr(0, end);
    text.remove_prefix(end);
    return taken;
}

std::map<std::string, std::string> pairs(std::string_view text, const std::string& part) {
    std::map<std::string, std::string> found;
    while (!text.empty()) {
        const auto pair = take_until(text, ";");
        text.remove_prefix(text.empty() ? 0 : 1);
        if (pair.empty()) {
            continue;
        }
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos || equals == 0) {
            refuse("has something in its " + part + " that is not key=value (number " +
                   std::to_string(found.size() + 1) + ")");
        }
        const auto key = decoded(pair.substr(0, equals));
        if (!found.emplace(key, decoded(pair.substr(equals + 1))).second) {
            refuse("gives " + key + " twice in its " + part);
        }
    }
    return found;
}

// Of what parse_endpoint() says nothing is passed on, as it repeats the text.
cistern::Endpoint host(std::string_view text, std::size_t number, std::string_view default_port) {
    const bool is_v6 = text.starts_with('[');
    const auto port_colon = text.rfind(':');
    const bool has_port =
        port_colon != std::string_view::npos && (!is_v6 || port_colon > text.rfind(']'));
    const auto complete =
        has_port ? std::string{text} : std::string{text} + ":" + std::string{default_port};
    try {
        return cistern::parse_endpoint(complete);
    } catch (const cistern::ConfigError&) {
        refuse("names a host (number " + std::to_string(number) +
               ") that is not host:port or [v6-address]:port with a port from 1 to 65535");
    }
}

std::vector<cistern::Endpoint> hosts(std::string_view text, std::string_view default_port) {
    if (text.empty()) {
        refuse("names no host (an embedded Hive is not supported)");
    }
    std::vector<cistern::Endpoint> found;
    while (true) {
        found.push_back(host(take_until(text, ","), found.size() + 1, default_port));
        if (text.empty()) {
            return found;
        }
        text.remove_prefix(1);
    }
}

// Then the hosts of the URL are ZooKeeper's.
bool names_zookeeper(const std::map<std::string, std::string>& session) {
    const auto mode = session.find("serviceDiscoveryMode");
    return mode != session.end() && mode->second != "none";
}

}  // namespace

JdbcUrl parse_jdbc_url(std::string_view url) {
    if (!url.starts_with(kScheme)) {
        refuse("does not begin with " + std::string{kScheme});
    }
    url.remove_prefix(kScheme.size());
    if (url.substr(0, url.find_first_of(";?#")).find('@') != std::string_view::npos) {
        refuse("has a user in front of its host (use ;user=...;password=... behind the database)");
    }
    JdbcUrl parsed;
    const auto authority = take_until(url, "/;?#");
    if (url.starts_with('/')) {
        url.remove_prefix(1);
        parsed.database = decoded(take_until(url, ";?#"));
    }
    parsed.session = pairs(take_until(url, "?#"), "session part");
    parsed.hosts =
        hosts(authority, names_zookeeper(parsed.session) ? kDefaultZooKeeperPort : kDefaultPort);
    if (url.starts_with('?')) {
        url.remove_prefix(1);
        parsed.conf = pairs(take_until(url, "#"), "hiveconf part");
    }
    if (url.starts_with('#')) {
        parsed.variables = pairs(url.substr(1), "hivevar part");
    }
    return parsed;
}

}  // namespace hive
