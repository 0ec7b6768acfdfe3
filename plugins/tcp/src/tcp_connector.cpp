#include "tcp_connector.hpp"

#include "tcp_connection.hpp"

#include <cistern/connector_address.hpp>

#include <utility>

namespace tcp {
namespace {

using cistern::ConnectorConfig;
using cistern::Settings;
using cistern::SettingType;

constexpr std::size_t kDefaultLineBytes = 64 * 1024;

}  // namespace

std::unique_ptr<cistern::Connection> TcpConnector::connect(cistern::IoContext& io,
                                                           const ConnectorConfig& conf,
                                                           cistern::Deadline deadline) {
    auto stream = cistern::connect_address(io, conf, deadline);
    stream->set_one_way(conf.flag("one_way", false));
    return std::make_unique<TcpConnection>(std::move(stream),
                                           conf.size("max_line_bytes", kDefaultLineBytes));
}

Settings TcpConnector::settings() const {
    auto all = cistern::address_settings();
    all.push_back(
        {.name = "one_way",
         .type = SettingType::kFlag,
         .default_value = "false",
         .meaning =
             "Whether a session may be lent again though its last write was not answered, for "
             "protocols in which requests have no replies."});
    all.push_back(
        {.name = "max_line_bytes",
         .type = SettingType::kSize,
         .default_value = std::to_string(kDefaultLineBytes / 1024) + "KiB",
         .meaning = "Longest line or delimited message read, its end included; a peer that sends "
                    "more is disconnected.",
         .minimum = 1,
         .maximum = std::int64_t{1} << 30});
    return all;
}

void TcpConnector::check(const ConnectorConfig& conf) const {
    cistern::check_address(conf, "tcp");
}

std::string TcpConnector::endpoint(const ConnectorConfig& conf) const {
    return cistern::address_text(conf);
}

const std::type_info* TcpConnector::session_type() const noexcept {
    return &typeid(Session);
}

}  // namespace tcp
