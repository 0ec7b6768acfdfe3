#pragma once

#include <cistern/connector.hpp>

#include <memory>

namespace shout {

class ShoutConnector final : public cistern::Connector {
public:
    std::unique_ptr<cistern::Connection> connect(cistern::IoContext& io,
                                                 const cistern::ConnectorConfig& conf,
                                                 cistern::Deadline deadline) override;
    [[nodiscard]] cistern::Settings settings() const override;
};

}  // namespace shout
