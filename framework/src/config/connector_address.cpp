#include <cistern/connector_address.hpp>
#include <cistern/error.hpp>
#include <cistern/tls.hpp>

#include <sys/un.h>

#include <cstddef>

namespace cistern {
namespace {

constexpr const char* kEndpoint = "endpoint";
constexpr const char* kUnixPath = "unix_path";
// The kernel's own limit, less the byte that ends the path.
constexpr std::size_t kMaxUnixPath = sizeof(sockaddr_un::sun_path) - 1;

std::optional<TlsOptions> tls_of(const ConnectorConfig& conf, std::string_view plugin) {
    return read_tls(
        conf, plugin, conf.has(kEndpoint) ? conf.endpoint(kEndpoint).host : std::string{});
}

}  // namespace

Settings address_settings() {
    Settings all{
        {.name = kEndpoint,
         .type = SettingType::kEndpoint,
         .meaning = "Server to connect to over TCP; give this or unix_path."},
        {.name = kUnixPath,
         .meaning = "Path of the server's Unix socket; give this or endpoint.",
         .names_server = true},
    };
    const auto tls = tls_settings();
    all.insert(all.end(), tls.begin(), tls.end());
    return all;
}

void check_address(const ConnectorConfig& conf, std::string_view plugin) {
    const auto pool = "pool \"" + conf.pool() + "\": ";
    const auto key = [&](const char* name) { return std::string{plugin} + "." + name; };
    if (conf.has(kEndpoint) == conf.has(kUnixPath)) {
        const bool both = conf.has(kEndpoint);
        throw ConfigError{pool + (both ? "both " : "neither ") + key(kEndpoint) +
                          (both ? " and " : " nor ") + key(kUnixPath) + (both ? " are" : " is") +
                          " given; right would be exactly one of them"};
    }
    if (const auto path = conf.text(kUnixPath, ""); path.size() > kMaxUnixPath) {
        throw ConfigError{pool + key(kUnixPath) + " \"" + path + "\" has " +
                          std::to_string(path.size()) + " bytes; a Unix socket's path may have " +
                          std::to_string(kMaxUnixPath)};
    }
    if (const auto tls = tls_of(conf, plugin)) {
        check_tls(conf, plugin, *tls);
    }
}

std::unique_ptr<Stream> connect_address(IoContext& io,
                                        const ConnectorConfig& conf,
                                        Deadline deadline) {
    auto stream = conf.has(kUnixPath) ? io.connect_unix(conf.text(kUnixPath), deadline)
                                      : io.connect_tcp(conf.endpoint(kEndpoint), deadline);
    const auto tls = tls_of(conf, {});
    return tls ? start_tls(std::move(stream), *tls, deadline) : std::move(stream);
}

std::string address_text(const ConnectorConfig& conf) {
    return conf.has(kUnixPath) ? "unix:" + conf.text(kUnixPath)
                               : to_string(conf.endpoint(kEndpoint));
}

}  // namespace cistern
