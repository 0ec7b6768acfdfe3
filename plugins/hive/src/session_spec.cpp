#include "session_spec.hpp"

#include "discovery_spec.hpp"
#include "http_login.hpp"
#include "jdbc_url.hpp"
#include "lower_case.hpp"

#include <cistern/error.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace hive {
namespace {

using cistern::SettingType;
using namespace std::string_view_literals;

constexpr std::string_view kProxyUser = "hive.server2.proxy.user";

// Session keys of a JDBC URL that are understood, beside those that have a setting of their own.
constexpr std::array kVariables{std::pair{"wmPool"sv, "wmpool"sv},
                                std::pair{"applicationName"sv, "wmapp"sv}};

[[noreturn]] void refuse_key(const std::string& key) {
    constexpr std::array kLater{"storePasswordPath"sv};
    if (std::find(kLater.begin(), kLater.end(), key) != kLater.end()) {
        throw cistern::ConfigError{"hive: the JDBC URL asks for " + key +
                                   ", which is not supported yet"};
    }
    throw cistern::ConfigError{"hive: the JDBC URL has the session key " + key +
                               ", which is not known; known are user, password, auth, principal, "
                               "saslQop, jwt, ssl, "
                               "sslTrustStore, transportMode, httpPath, cookieAuth, cookieName, "
                               "http.header.NAME, http.cookie.NAME, fetchSize, wmPool, "
                               "applicationName, serviceDiscoveryMode, zooKeeperNamespace and " +
                               std::string{kProxyUser} +
                               " (Hive's own settings go behind a question mark: ?" + key +
                               "=...)"};
}

std::int64_t fetch_size_of(const std::string& text) {
    constexpr std::size_t kMostDigits = 9;
    const bool is_number = !text.empty() && text.size() <= kMostDigits &&
                           text.find_first_not_of("0123456789") == std::string::npos;
    if (!is_number || std::stoll(text) == 0) {
        throw cistern::ConfigError{
            "hive: fetchSize in the JDBC URL must be a number of rows from 1 to 999999999"};
    }
    return std::stoll(text);
}

// True where `key` asks for nothing that is not so already.
bool asks_for_nothing(const std::string& key, const std::string& value) {
    return key == "twoWay" && lower_case(value) == "false";
}

// Java keeps keys and certificates in stores of its own, behind passwords.
void refuse_keystore(const std::string& key) {
    if (key == "trustStorePassword") {
        throw cistern::ConfigError{
            "hive: the JDBC URL has a trustStorePassword, and a PEM file needs none: leave it out. "
            "If "
            "sslTrustStore is a Java keystore, write its certificates as PEM (keytool -list -rfc "
            "-keystore STORE > ca.pem) and give that as sslTrustStore or hive.tls_ca"};
    }
    if (key == "twoWay" || key == "sslKeyStore" || key == "keyStorePassword") {
        throw cistern::ConfigError{
            "hive: the JDBC URL asks for " + key +
            ", which needs a Java keystore; give the certificate and its key "
            "as PEM files by hive.tls_cert and hive.tls_key instead"};
    }
}

bool is_true(const std::string& key, const std::string& value) {
    const auto text = lower_case(value);
    if (text != "true" && text != "false") {
        throw cistern::ConfigError{"hive: " + key + " in the JDBC URL must be true or false"};
    }
    return text == "true";
}

// What the URL says about the way to the server.
struct UrlTransport {
    std::map<std::string, std::string> tls;  // as settings
    std::optional<bool> is_http;
    bool has_http_keys = false;
    HttpSpec http;
    LoginReader login;
};

constexpr auto kHeaderPrefix = "http.header."sv;
constexpr auto kCookiePrefix = "http.cookie."sv;

bool apply_transport_key(UrlTransport& way, const std::string& key, const std::string& value) {
    auto& http = way.http;
    if (key == "ssl") {
        way.tls["tls"] = is_true(key, value) ? "on" : "off";
        return true;
    }
    if (key == "sslTrustStore") {
        way.tls["tls_ca"] = value;
        return true;
    }
    if (key == "transportMode") {
        way.is_http = lower_case(value) == "http";
        if (!*way.is_http && lower_case(value) != "binary") {
            throw cistern::ConfigError{
                "hive: transportMode in the JDBC URL must be binary or http"};
        }
        return true;
    }
    if (key == "httpPath") {
        http.path = value;
    } else if (key == "cookieAuth") {
        http.login_cookie = is_true(key, value) ? http.login_cookie : std::string{};
    } else if (key == "cookieName") {
        http.login_cookie = http.login_cookie.empty() ? http.login_cookie : value;
    } else if (key.starts_with(kHeaderPrefix)) {
        http.headers[key.substr(kHeaderPrefix.size())] = cistern::Secret{value};
    } else if (key.starts_with(kCookiePrefix)) {
        http.cookies[key.substr(kCookiePrefix.size())] = cistern::Secret{value};
    } else {
        return false;
    }
    way.has_http_keys = true;
    return true;
}

void apply_session_key(SessionSpec& spec,
                       UrlTransport& way,
                       const std::string& key,
                       const std::string& value) {
    if (apply_transport_key(way, key, value) || way.login.take_url_key(key, value)) {
        return;
    }
    if (key == "user") {
        spec.user = value;
    } else if (key == "password") {
        spec.password = cistern::Secret{value};
    } else if (key == "fetchSize") {
        spec.fetch_size = fetch_size_of(value);
    } else if (key == kProxyUser) {
        spec.configuration[key] = value;
    } else if (const auto known = std::find_if(kVariables.begin(),
                                               kVariables.end(),
                                               [&](const auto& v) { return v.first == key; });
               known != kVariables.end()) {
        spec.configuration["set:hivevar:" + std::string{known->second}] = value;
    } else if (!asks_for_nothing(key, value)) {
        refuse_keystore(key);
        refuse_key(key);
    }
}

void add_all(SessionSpec& spec,
             const std::string& prefix,
             const std::map<std::string, std::string>& values) {
    for (const auto& [key, value] : values) {
        spec.configuration[prefix + key] = value;
    }
}

[[nodiscard]] UrlTransport apply_url(SessionSpec& spec, const JdbcUrl& url) {
    spec.hosts = url.hosts;
    if (!url.database.empty()) {
        spec.configuration["use:database"] = url.database;
    }
    UrlTransport way;
    for (const auto& [key, value] : url.session) {
        apply_session_key(spec, way, key, value);
    }
    add_all(spec, "set:hiveconf:", url.conf);
    add_all(spec, "set:hivevar:", url.variables);
    return way;
}

void apply_tls(SessionSpec& spec, const UrlTransport& from_url, cistern::ConnectorConfig conf) {
    for (const auto& [key, value] : from_url.tls) {
        if (!conf.has(key)) {
            conf = conf.with(key, {.text = value, .origin = "the JDBC URL"});
        }
    }
    spec.tls = read_tls(conf, "hive", {});
}

// What would end a header, or be told in a wrong way by one, is refused.
void check_http(const HttpSpec& http) {
    const auto is_clean = [](std::string_view text) {
        return std::all_of(
            text.begin(), text.end(), [](char c) { return c >= ' ' && c != '\x7f'; });
    };
    const auto refuse = [](const std::string& what) {
        throw cistern::ConfigError{"hive: " + what};
    };
    if (!is_clean(http.path) || http.path.find(' ') != std::string::npos) {
        refuse("the HTTP path has blanks or control characters; write them as %20 and the like");
    }
    for (const auto& fields : {http.headers, http.cookies}) {
        for (const auto& [name, value] : fields) {
            const bool is_name =
                !name.empty() && name.find_first_of(" :;,=\"()<>@[]{}/?\\") == name.npos;
            if (!is_name || !is_clean(name) || !is_clean(value.reveal())) {
                refuse(
                    "the HTTP header or cookie \"" + name +
                    "\" cannot be sent; names are letters, digits and hyphens, and values have no "
                    "control characters");
            }
        }
    }
    for (const auto& [name, value] : http.headers) {
        const auto small = lower_case(name);
        if (small == "host" || small == "content-length" || small == "transfer-encoding" ||
            small == "connection" || small == "cookie" || small == "expect") {
            refuse("the HTTP header " + name + " is the transport's own");
        }
    }
}

void apply_http(SessionSpec& spec, UrlTransport& from_url, const cistern::ConnectorConfig& conf) {
    auto& http = from_url.http;
    const auto headers = conf.with_prefix("http_header.");
    for (const auto& [name, value] : headers) {
        http.headers[name] = cistern::Secret{value};
    }
    http.path = conf.text("http_path", http.path);
    if (!http.path.starts_with('/')) {
        http.path.insert(0, "/");
    }
    if (!conf.flag("http_cookies", true)) {
        http.login_cookie.clear();
    }
    const bool is_http =
        conf.has("transport") ? conf.text("transport") == "http" : from_url.is_http.value_or(false);
    if (is_http) {
        check_http(http);
        spec.http = std::move(http);
    } else if (from_url.has_http_keys || !headers.empty() || conf.has("http_path")) {
        throw cistern::ConfigError{
            "hive: there are settings for HTTP, and the transport is binary; set transport = http, "
            "or "
            "transportMode=http in the URL"};
    }
}

// All that must not come back in an error, be it the server that says it.
[[nodiscard]] Redactor secrets_of(const SessionSpec& spec) {
    Redactor redact{spec.password};
    redact.add(spec.login.token);
    if (spec.tls) {
        redact.add(spec.tls->key_password);
    }
    if (spec.http) {
        for (const auto& fields : {spec.http->headers, spec.http->cookies}) {
            for (const auto& [name, value] : fields) {
                add_with_credentials(redact, value);
            }
        }
        if (!spec.password.empty()) {
            redact.add(basic_credentials(spec.user, spec.password));
        }
    }
    return redact;
}

void apply_login(SessionSpec& spec, LoginReader& login, const cistern::ConnectorConfig& conf) {
    if (conf.has("user")) {
        spec.user = conf.text("user");
    }
    if (conf.has("password")) {
        spec.password = conf.secret("password");
    }
    spec.login = login.read(conf);
    spec.opening = spec.login.kind == LoginSpec::Kind::kNoSasl ? Opening::kNoSasl : Opening::kSasl;
    if (!spec.http && spec.login.kind == LoginSpec::Kind::kBearer) {
        throw cistern::ConfigError{
            "hive: auth = jwt is for HTTP: set transport = http, or transportMode=http in the URL"};
    }
    const bool is_password = spec.login.kind == LoginSpec::Kind::kPassword;
    const bool needs_login = is_password || (spec.http && spec.opening == Opening::kNoSasl);
    if (needs_login && spec.user.empty()) {
        spec.user = "anonymous";
    }
    spec.redact = std::make_shared<const Redactor>(secrets_of(spec));
    if (needs_login && spec.password.empty()) {
        spec.password = cistern::Secret{"anonymous"};  // after: it is no secret
    }
    if (conf.has("proxy_user")) {
        spec.configuration[std::string{kProxyUser}] = conf.text("proxy_user");
    }
}

void apply_tuning(SessionSpec& spec, const cistern::ConnectorConfig& conf) {
    if (conf.has("fetch_size") || spec.fetch_size == 0) {
        spec.fetch_size = conf.integer("fetch_size", 10'000);
    }
    spec.call_timeout = conf.duration("call_timeout", std::chrono::minutes{2});
    spec.max_message_size = conf.size("max_message_size", 256ULL * 1024 * 1024);
    spec.newest_version = static_cast<int>(conf.integer("protocol_version", 11));
    spec.rotate_hosts = conf.text("host_order", "listed") == "rotate";
    spec.validate_with = conf.text("validate", "info") == "session"
                             ? SessionSpec::ValidateWith::kSession
                             : SessionSpec::ValidateWith::kInfo;
    const auto reset = conf.text("reset", "changed");
    spec.reset_when = reset == "always"  ? SessionSpec::ResetWhen::kAlways
                      : reset == "never" ? SessionSpec::ResetWhen::kNever
                                         : SessionSpec::ResetWhen::kChanged;
}

}  // namespace

cistern::Settings session_settings() {
    cistern::Settings all{
        {.name = "url",
         .type = SettingType::kSecret,
         .meaning =
             "JDBC URL: "
             "jdbc:hive2://host:port[,host:port]/database;key=value?conf=value#variable=value",
         .names_server = true},
        {.name = "endpoint",
         .type = SettingType::kEndpoint,
         .meaning = "The server, where no url is given"},
        {.name = "user", .meaning = "Who connects; wins over the URL's"},
        {.name = "password", .type = SettingType::kSecret, .meaning = "The user's password"},
        {.name = "transport",
         .type = SettingType::kChoice,
         .meaning =
             "As the server's hive.server2.transport.mode; wins over the URL's; default binary",
         .choices = {"binary", "http"}},
        {.name = "http_path", .meaning = "Path of the server over HTTP; default /cliservice"},
        {.name = "http_header.*",
         .type = SettingType::kSecret,
         .meaning = "A header of each HTTP request, as proxies may want"},
        {.name = "http_cookies",
         .type = SettingType::kFlag,
         .meaning = "Whether the cookie of a login stands for user and password in later requests; "
                    "default true"},
        {.name = "database", .meaning = "The database that sessions begin in; wins over the URL's"},
        {.name = "proxy_user", .meaning = "The user to act for, where the server allows it"},
        {.name = "conf.*", .meaning = "A Hive setting of each session, as in SET key=value"},
        {.name = "var.*",
         .meaning = "A substitution variable of each session: ${key} in statements"},
        {.name = "fetch_size",
         .type = SettingType::kInteger,
         .meaning = "Rows asked for at once; default 10000; servers may give fewer",
         .minimum = 1,
         .maximum = 1'000'000'000},
        {.name = "call_timeout",
         .type = SettingType::kDuration,
         .default_value = "2min",
         .meaning =
             "Longest wait for one answer of the server, which compiles statements meanwhile",
         .minimum = 1},
        {.name = "max_message_size",
         .type = SettingType::kSize,
         .default_value = "256MiB",
         .meaning = "Largest answer taken from the server",
         .minimum = 64 * 1024,
         .maximum = 2047LL * 1024 * 1024},
        {.name = "host_order",
         .type = SettingType::kChoice,
         .default_value = "listed",
         .meaning = "Which of the URL's hosts is tried first: the first one, or each in turn",
         .choices = {"listed", "rotate"}},
        {.name = "protocol_version",
         .type = SettingType::kInteger,
         .default_value = "11",
         .meaning = "Newest version of the protocol to offer",
         .minimum = 1,
         .maximum = 11},
        {.name = "validate",
         .type = SettingType::kChoice,
         .default_value = "info",
         .meaning = "What proves an idle session: GetInfo, or a metadata call that Spark needs a "
                    "session for",
         .choices = {"info", "session"}},
        {.name = "reset",
         .type = SettingType::kChoice,
         .default_value = "changed",
         .meaning =
             "When a session is opened anew for the next user: when SET, USE and the like were run",
         .choices = {"changed", "always", "never"}},
    };
    for (const auto& more : {login_settings(), discovery_settings(), cistern::tls_settings()}) {
        all.insert(all.end(), more.begin(), more.end());
    }
    return all;
}

SessionSpec read_session_spec(const cistern::ConnectorConfig& conf,
                              const RegisteredInstance* instance) {
    const int given = conf.has("url") + conf.has("endpoint") + conf.has("zookeeper");
    if (given != 1) {
        throw cistern::ConfigError{
            "pool \"" + conf.pool() +
            "\": hive: give one of url, endpoint and zookeeper, to say where the server is"};
    }
    JdbcUrl url;
    if (conf.has("url")) {
        url = parse_jdbc_url(conf.secret("url").reveal());
    } else if (conf.has("endpoint")) {
        url.hosts = {conf.endpoint("endpoint")};
    }
    SessionSpec spec;
    spec.discovery = take_discovery(url, conf);
    if (instance != nullptr) {
        add_published(url, *instance, conf);
    } else if (spec.discovery) {
        add_assumptions(url, conf);
    }
    auto way = apply_url(spec, url);
    apply_tls(spec, way, conf);
    apply_http(spec, way, conf);
    apply_login(spec, way.login, conf);
    apply_tuning(spec, conf);
    if (conf.has("database")) {
        spec.configuration["use:database"] = conf.text("database");
    }
    add_all(spec, "set:hiveconf:", conf.with_prefix("conf."));
    add_all(spec, "set:hivevar:", conf.with_prefix("var."));
    return spec;
}

}  // namespace hive
