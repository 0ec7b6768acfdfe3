#pragma once

#include <cistern/connector.hpp>

#include <memory>
#include <string>
#include <typeinfo>

namespace redis {

// Opens sessions and logs them in. Called by any number of pool tasks at once, so it keeps no
// state.
class RedisConnector final : public cistern::Connector {
public:
    std::unique_ptr<cistern::Connection> connect(cistern::IoContext& io,
                                                 const cistern::ConnectorConfig& conf,
                                                 cistern::Deadline deadline) override;
    [[nodiscard]] cistern::Settings settings() const override;
    void check(const cistern::ConnectorConfig& conf) const override;
    [[nodiscard]] std::string endpoint(const cistern::ConnectorConfig& conf) const override;
    [[nodiscard]] const std::type_info* session_type() const noexcept override;
};

}  // namespace redis
