#include "redis_connector.hpp"

#include "redis_connection.hpp"

#include <cistern/connector_address.hpp>

#include <algorithm>
#include <limits>

namespace redis {
namespace {

using cistern::ConfigError;
using cistern::ConnectorConfig;
using cistern::Setting;
using cistern::Settings;
using cistern::SettingType;

constexpr ReplyLimits kDefaultLimits;
constexpr std::int64_t kDefaultScripts = 64;

Login login_from(const ConnectorConfig& conf) {
    return {.user = conf.text("user", ""),
            .password = conf.secret("password"),
            .database = conf.integer("database", 0),
            .client_name = conf.text("client_name", "")};
}

ReplyLimits limits_from(const ConnectorConfig& conf) {
    const auto number = [&](const char* key, std::uint64_t fallback) {
        return static_cast<std::uint64_t>(conf.integer(key, static_cast<std::int64_t>(fallback)));
    };
    return {.bytes = conf.size("max_reply_bytes", kDefaultLimits.bytes),
            .elements = number("max_reply_elements", kDefaultLimits.elements),
            .depth = number("max_reply_depth", kDefaultLimits.depth)};
}

std::size_t script_cache_size(const ConnectorConfig& conf) {
    return static_cast<std::size_t>(conf.integer("script_cache_size", kDefaultScripts));
}

// The server takes no other bytes, and says so only after the connect.
bool is_client_name(const std::string& name) {
    return std::all_of(name.begin(), name.end(), [](char c) { return c >= '!' && c <= '~'; });
}

Settings login() {
    return {
        {.name = "user",
         .meaning =
             "User of the server's access control list (Redis 6); without it the password is "
             "that of the default user."},
        {.name = "password",
         .type = SettingType::kSecret,
         .meaning = "Password of the user, or of the server (requirepass)."},
        {.name = "database",
         .type = SettingType::kInteger,
         .default_value = "0",
         .meaning = "Database that sessions are in.",
         .minimum = 0,
         .maximum = std::numeric_limits<std::int32_t>::max()},
        {.name = "client_name",
         .meaning = "Name of the sessions in the server's CLIENT LIST; printable, without spaces."},
    };
}

Settings scripts() {
    return {
        {.name = "script_cache_size",
         .type = SettingType::kInteger,
         .default_value = std::to_string(kDefaultScripts),
         .meaning = "Most scripts of eval() that each connection knows by their digest. 0: none, "
                    "each script is sent whole.",
         .minimum = 0,
         .maximum = 100'000},
    };
}

Settings limits() {
    return {
        {.name = "max_reply_bytes",
         .type = SettingType::kSize,
         .default_value = std::to_string(kDefaultLimits.bytes / 1024 / 1024) + "MiB",
         .meaning = "Largest reply read; a server that announces more is disconnected.",
         .minimum = 1024,
         .maximum = std::int64_t{4} << 30},
        {.name = "max_reply_elements",
         .type = SettingType::kInteger,
         .default_value = std::to_string(kDefaultLimits.elements),
         .meaning = "Most elements in all the arrays of one reply.",
         .minimum = 1,
         .maximum = 100'000'000},
        {.name = "max_reply_depth",
         .type = SettingType::kInteger,
         .default_value = std::to_string(kDefaultLimits.depth),
         .meaning = "Most arrays in each other in one reply; hiredis can read no more than 7.",
         .minimum = 1,
         .maximum = static_cast<std::int64_t>(kDefaultLimits.depth)},
    };
}

}  // namespace

std::unique_ptr<cistern::Connection> RedisConnector::connect(cistern::IoContext& io,
                                                             const ConnectorConfig& conf,
                                                             cistern::Deadline deadline) {
    auto connection =
        std::make_unique<RedisConnection>(cistern::connect_address(io, conf, deadline),
                                          login_from(conf),
                                          limits_from(conf),
                                          script_cache_size(conf));
    try {
        connection->log_in(deadline);
    } catch (const cistern::DeadlineExceeded&) {
        throw;
    } catch (const cistern::IoError& error) {
        throw cistern::ConnectError{
            std::string{"during the login: "} + error.what() +
            (conf.text("tls", "off") == "on" ? "" : "; if it expects TLS, set redis.tls = on")};
    }
    return connection;
}

Settings RedisConnector::settings() const {
    auto all = cistern::address_settings();
    for (const auto& more : {login(), limits(), scripts()}) {
        all.insert(all.end(), more.begin(), more.end());
    }
    return all;
}

void RedisConnector::check(const ConnectorConfig& conf) const {
    cistern::check_address(conf, "redis");
    if (const auto name = conf.text("client_name", ""); !is_client_name(name)) {
        throw ConfigError{"pool \"" + conf.pool() + "\": redis.client_name \"" + name +
                          "\" cannot be sent; right would be printable ASCII without spaces"};
    }
}

std::string RedisConnector::endpoint(const ConnectorConfig& conf) const {
    return cistern::address_text(conf);
}

const std::type_info* RedisConnector::session_type() const noexcept {
    return &typeid(Session);
}

}  // namespace redis
