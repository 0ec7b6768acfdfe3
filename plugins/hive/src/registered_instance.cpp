#include "registered_instance.hpp"

#include <cistern/error.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace hive {
namespace {

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return text;
}

std::map<std::string, std::string> pairs(std::string_view text) {
    std::map<std::string, std::string> found;
    while (!text.empty()) {
        const auto end = std::min(text.find(';'), text.size());
        const auto pair = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const auto equals = pair.find('=');
        if (equals != std::string_view::npos) {
            found.emplace(pair.substr(0, equals), pair.substr(equals + 1));
        }
    }
    return found;
}

std::string value_of(const std::map<std::string, std::string>& values, const std::string& key) {
    const auto found = values.find(key);
    return found == values.end() ? std::string{} : found->second;
}

std::optional<cistern::Endpoint> address_from(const std::string& text) {
    try {
        return cistern::parse_endpoint(text);
    } catch (const cistern::ConfigError&) {
        return std::nullopt;
    }
}

// As Hive's driver does: the host that it binds, and the port of its transport.
std::optional<cistern::Endpoint> published_address(
    const std::map<std::string, std::string>& published) {
    const auto host = value_of(published, "hive.server2.thrift.bind.host");
    auto port = value_of(published, "hive.server2.thrift.http.port");
    if (port.empty() || upper(value_of(published, "hive.server2.transport.mode")) == "BINARY") {
        const auto binary = value_of(published, "hive.server2.thrift.port");
        port = binary.empty() ? port : binary;
    }
    if (!host.empty() && !port.empty()) {
        return address_from(to_string(cistern::Endpoint{host, port}));
    }
    return address_from(value_of(published, "hive.server2.instance.uri"));
}

// Apache Hive's word, and Kyuubi's.
std::optional<cistern::Endpoint> named_address(std::string_view name) {
    const auto said = pairs(name);
    for (const auto* key : {"serverUri", "serviceUri"}) {
        if (auto address = address_from(value_of(said, key))) {
            return address;
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<RegisteredInstance> read_registered_instance(std::string_view name,
                                                           std::string_view data) {
    RegisteredInstance instance{{}, pairs(data)};
    auto address = instance.published.empty() ? address_from(std::string{data})
                                              : published_address(instance.published);
    if (!address) {
        address = named_address(name);
    }
    if (!address) {
        return std::nullopt;
    }
    instance.address = std::move(*address);
    return instance;
}

std::map<std::string, std::string> session_keys_of(const RegisteredInstance& instance) {
    const auto& published = instance.published;
    std::map<std::string, std::string> keys;
    const auto mode = value_of(published, "hive.server2.transport.mode");
    if (!mode.empty()) {
        keys.emplace("transportMode", mode);
    }
    if (upper(mode) == "HTTP") {
        if (auto path = value_of(published, "hive.server2.thrift.http.path"); !path.empty()) {
            keys.emplace("httpPath", std::move(path));
        }
    }
    // No TLS is what silence means, and must not look like a wish: settings for TLS are then
    // refused.
    if (upper(value_of(published, "hive.server2.use.SSL")) == "TRUE") {
        keys.emplace("ssl", "true");
    }
    const auto authentication = upper(value_of(published, "hive.server2.authentication"));
    if (authentication == "NOSASL") {
        keys.emplace("auth", "noSasl");
    } else if (authentication == "KERBEROS") {
        constexpr std::array kOfKerberos{
            std::pair{"hive.server2.authentication.kerberos.principal", "principal"},
            std::pair{"hive.server2.thrift.sasl.qop", "saslQop"},
        };
        for (const auto& [setting, key] : kOfKerberos) {
            if (auto value = value_of(published, setting); !value.empty()) {
                keys.emplace(key, std::move(value));
            }
        }
    }
    return keys;
}

}  // namespace hive
