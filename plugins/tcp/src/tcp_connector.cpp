#include "tcp_connector.hpp"

#include "tcp_connection.hpp"

#include <sys/un.h>

#include <utility>

namespace tcp {
namespace {

using cistern::ConfigError;
using cistern::ConnectorConfig;
using cistern::Settings;
using cistern::SettingType;

constexpr std::size_t kDefaultLineBytes = 64 * 1024;
// The kernel's own limit, less the byte that ends the path.
constexpr std::size_t kMaxUnixPath = sizeof(sockaddr_un::sun_path) - 1;

}  // namespace

std::unique_ptr<cistern::Connection> TcpConnector::connect(cistern::IoContext& io,
                                                           const ConnectorConfig& conf,
                                                           cistern::Deadline deadline) {
    auto stream = conf.has("unix_path") ? io.connect_unix(conf.text("unix_path"), deadline)
                                        : io.connect_tcp(conf.endpoint("endpoint"), deadline);
    stream->set_one_way(conf.flag("one_way", false));
    return std::make_unique<TcpConnection>(std::move(stream),
                                           conf.size("max_line_bytes", kDefaultLineBytes));
}

Settings TcpConnector::settings() const {
    return {
        {.name = "endpoint",
         .type = SettingType::kEndpoint,
         .meaning = "Server to connect to over TCP; give this or unix_path."},
        {.name = "unix_path",
         .meaning = "Path of the server's Unix socket; give this or endpoint."},
        {.name = "one_way",
         .type = SettingType::kFlag,
         .default_value = "false",
         .meaning =
             "Whether a session may be lent again though its last write was not answered, for "
             "protocols in which requests have no replies."},
        {.name = "max_line_bytes",
         .type = SettingType::kSize,
         .default_value = std::to_string(kDefaultLineBytes / 1024) + "KiB",
         .meaning = "Longest line or delimited message read, its end included; a peer that sends "
                    "more is disconnected.",
         .minimum = 1,
         .maximum = std::int64_t{1} << 30},
    };
}

void TcpConnector::check(const ConnectorConfig& conf) const {
    if (conf.has("endpoint") == conf.has("unix_path")) {
        throw ConfigError{"pool \"" + conf.pool() + "\": " +
                          (conf.has("endpoint")
                               ? "both tcp.endpoint and tcp.unix_path are given"
                               : "neither tcp.endpoint nor tcp.unix_path is given") +
                          "; right would be exactly one of them"};
    }
    if (const auto path = conf.text("unix_path", ""); path.size() > kMaxUnixPath) {
        throw ConfigError{"pool \"" + conf.pool() + "\": tcp.unix_path \"" + path + "\" has " +
                          std::to_string(path.size()) + " bytes; a Unix socket's path may have " +
                          std::to_string(kMaxUnixPath)};
    }
}

std::string TcpConnector::endpoint(const ConnectorConfig& conf) const {
    return conf.has("unix_path") ? "unix:" + conf.text("unix_path")
                                 : to_string(conf.endpoint("endpoint"));
}

const std::type_info* TcpConnector::session_type() const noexcept {
    return &typeid(Session);
}

}  // namespace tcp
