#include "discovery_spec.hpp"

#include <cistern/error.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace hive {
namespace {

using cistern::SettingType;

constexpr std::string_view kDefaultNamespace = "hiveserver2";
constexpr std::string_view kZooKeeperPort = "2181";

[[noreturn]] void refuse_setting(const std::string& what) {
    throw cistern::ConfigError{"hive: " + what};
}

bool is_same_word(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
        return (x | 0x20) == (y | 0x20);
    });
}

std::string take_key(JdbcUrl& url, const std::string& key) {
    const auto found = url.session.find(key);
    if (found == url.session.end()) {
        return {};
    }
    auto value = std::move(found->second);
    url.session.erase(found);
    return value;
}

bool asks_for_zookeeper(const std::string& mode) {
    if (mode.empty() || is_same_word(mode, "none")) {
        return false;
    }
    if (is_same_word(mode, "zooKeeperHA")) {
        refuse_setting(
            "the JDBC URL has serviceDiscoveryMode=zooKeeperHA, by which the active one of several "
            "servers is found; that is not supported: name the servers themselves, or use "
            "serviceDiscoveryMode=zooKeeper where they register for it");
    }
    if (!is_same_word(mode, "zooKeeper")) {
        refuse_setting("serviceDiscoveryMode in the JDBC URL must be zooKeeper or none");
    }
    return true;
}

void refuse_zookeeper_tls(JdbcUrl& url) {
    const auto wish = take_key(url, "zooKeeperSSLEnable");
    if (is_same_word(wish, "true")) {
        refuse_setting(
            "the JDBC URL has zooKeeperSSLEnable=true, and TLS to ZooKeeper is not supported; let "
            "it use "
            "ZooKeeper's plain port, or name the HiveServer2 hosts themselves");
    }
    for (const auto& [key, value] : url.session) {
        if (key.starts_with("zooKeeper") && key != "zooKeeperNamespace") {
            refuse_setting("the JDBC URL has " + key + ", and TLS to ZooKeeper is not supported");
        }
    }
}

// "hiveserver2" and "/hiveserver2" are the same.
std::string path_of(std::string_view text) {
    while (text.starts_with('/')) {
        text.remove_prefix(1);
    }
    const bool is_path = !text.empty() && !text.ends_with('/') &&
                         text.find("//") == std::string_view::npos &&
                         std::none_of(text.begin(), text.end(), [](char c) { return c < ' '; });
    if (!is_path) {
        refuse_setting(
            "the namespace in ZooKeeper must be the name of a node as hiveserver2, as the servers' "
            "hive.server2.zookeeper.namespace says");
    }
    return '/' + std::string{text};
}

std::vector<cistern::Endpoint> servers_of(const std::string& list) {
    std::vector<cistern::Endpoint> servers;
    std::string_view rest{list};
    while (!rest.empty()) {
        const auto end = std::min(rest.find(','), rest.size());
        auto one = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
        one = one.substr(0, one.find_last_not_of(' ') + 1);
        const auto colon = one.rfind(':');
        const bool has_port =
            colon != std::string_view::npos && (!one.starts_with('[') || colon > one.rfind(']'));
        servers.push_back(cistern::parse_endpoint(
            std::string{one} + (has_port ? "" : ':' + std::string{kZooKeeperPort})));
    }
    if (servers.empty()) {
        refuse_setting("zookeeper names no server; expected zk1:2181,zk2:2181");
    }
    return servers;
}

}  // namespace

cistern::Settings discovery_settings() {
    return {
        {.name = "zookeeper",
         .meaning =
             "The servers of ZooKeeper that the HiveServer2 instances register with, host:port "
             "separated by commas, in place of url or endpoint; default port 2181",
         .names_server = true},
        {.name = "zookeeper_namespace",
         .meaning = "The node they register below; wins over the URL's zooKeeperNamespace; default "
                    "hiveserver2"},
    };
}

std::optional<Discovery> take_discovery(JdbcUrl& url, const cistern::ConnectorConfig& conf) {
    const auto mode = take_key(url, "serviceDiscoveryMode");
    const bool is_wanted = conf.has("zookeeper") || asks_for_zookeeper(mode);
    refuse_zookeeper_tls(url);
    const auto from_url = take_key(url, "zooKeeperNamespace");
    if (!is_wanted) {
        if (!from_url.empty() || conf.has("zookeeper_namespace")) {
            refuse_setting(
                "a namespace in ZooKeeper is given, and nothing says to look there; add "
                "serviceDiscoveryMode=zooKeeper to the JDBC URL, or give hive.zookeeper");
        }
        return std::nullopt;
    }
    const auto in_use = from_url.empty() ? kDefaultNamespace : std::string_view{from_url};
    Discovery found{
        conf.has("zookeeper") ? servers_of(conf.text("zookeeper")) : std::exchange(url.hosts, {}),
        path_of(conf.text("zookeeper_namespace", in_use))};
    return found;
}

void add_published(JdbcUrl& url,
                   const RegisteredInstance& instance,
                   const cistern::ConnectorConfig& conf) {
    url.hosts = {instance.address};
    const bool is_auth_known = conf.has("auth") || url.session.contains("auth");
    const bool is_transport_known = conf.has("transport") || url.session.contains("transportMode");
    for (const auto& [key, value] : session_keys_of(instance)) {
        const bool is_auth = key == "auth" || key == "principal" || key == "saslQop";
        const bool is_transport = key == "transportMode" || key == "httpPath";
        if (!(is_auth && is_auth_known) && !(is_transport && is_transport_known)) {
            url.session.emplace(key, value);
        }
    }
}

void add_assumptions(JdbcUrl& url, const cistern::ConnectorConfig& conf) {
    const auto urls_key = [&url](std::string_view prefix) {
        const auto found = url.session.lower_bound(std::string{prefix});
        return found != url.session.end() && found->first.starts_with(prefix);
    };
    if (!conf.with_prefix("tls_").empty() || urls_key("sslTrustStore")) {
        url.session.emplace("ssl", "true");
    }
    if (!conf.with_prefix("http_").empty() || urls_key("http") || urls_key("cookie")) {
        url.session.emplace("transportMode", "http");
    }
    const bool is_login_given =
        conf.has("auth") || conf.has("principal") || urls_key("auth") || urls_key("principal");
    const bool asks_for_kerberos =
        !conf.with_prefix("kerberos_").empty() || conf.has("sasl_qop") || urls_key("saslQop");
    if (asks_for_kerberos && !is_login_given) {
        url.session.emplace("principal", "hive/_HOST");  // an instance will publish the real one
    }
}

}  // namespace hive
