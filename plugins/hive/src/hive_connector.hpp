#pragma once

#include "session_spec.hpp"

#include <cistern/connector.hpp>

#include <atomic>
#include <cstddef>

namespace hive {

// Opens sessions: tries the hosts of a pool one after the other.
class HiveConnector final : public cistern::Connector {
public:
    std::unique_ptr<cistern::Connection> connect(cistern::IoContext& io,
                                                 const cistern::ConnectorConfig& conf,
                                                 cistern::Deadline deadline) override;
    [[nodiscard]] cistern::Settings settings() const override { return session_settings(); }
    void check(const cistern::ConnectorConfig& conf) const override;
    [[nodiscard]] std::string endpoint(const cistern::ConnectorConfig& conf) const override;
    [[nodiscard]] const std::type_info* session_type() const noexcept override;

private:
    [[nodiscard]] std::unique_ptr<cistern::Connection> open(cistern::IoContext& io,
                                                            std::shared_ptr<const SessionSpec> spec,
                                                            const cistern::Endpoint& host,
                                                            cistern::Deadline deadline);

    std::atomic<std::size_t> next_host_{0};
    std::atomic<int> newest_understood_{11};  // by the server, as far as was learnt
};

}  // namespace hive
