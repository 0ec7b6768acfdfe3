#pragma once

#include "recent_failures.hpp"
#include "session_spec.hpp"

#include <cistern/connector.hpp>

#include <atomic>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <typeinfo>

namespace hive {

// Opens sessions: tries the hosts of a pool, or the instances that ZooKeeper knows, one after the
// other.
class HiveConnector final : public cistern::Connector {
public:
    std::unique_ptr<cistern::Connection> connect(cistern::IoContext& io,
                                                 const cistern::ConnectorConfig& conf,
                                                 cistern::Deadline deadline) override;
    [[nodiscard]] cistern::Settings settings() const override { return session_settings(); }
    void check(const cistern::ConnectorConfig& conf) const override;
    [[nodiscard]] std::string endpoint(const cistern::ConnectorConfig& conf) const override;
    [[nodiscard]] const std::type_info* session_type() const noexcept override;
    // Kerberos asks its KDC in its own way.
    [[nodiscard]] bool blocks_thread(const cistern::ConnectorConfig& conf) const noexcept override;

private:
    [[nodiscard]] std::unique_ptr<cistern::Connection> open(cistern::IoContext& io,
                                                            std::shared_ptr<const SessionSpec> spec,
                                                            const cistern::Endpoint& host,
                                                            cistern::Deadline deadline);

    [[nodiscard]] std::unique_ptr<cistern::Connection> open_registered(
        cistern::IoContext& io,
        const cistern::ConnectorConfig& conf,
        const Discovery& discovery,
        cistern::Deadline deadline);

    [[nodiscard]] int version_for(const std::string& host, int newest) const;
    void note_version(const std::string& host, int version);

    std::atomic<std::size_t> next_host_{0};
    RecentFailures failures_;  // of instances that ZooKeeper named

    mutable std::mutex mutex_;
    std::map<std::string, int>
        lower_versions_;  // guarded by mutex_; of hosts that refused newer ones
};

}  // namespace hive
