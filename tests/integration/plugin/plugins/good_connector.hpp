#pragma once

#include <cistern/connector.hpp>

#include <memory>

namespace specimen {

// The least that a plugin can offer; the specimens differ in what is wrong around it.
class GoodConnector : public cistern::Connector {
public:
    std::unique_ptr<cistern::Connection> connect(cistern::IoContext& /*io*/,
                                                 const cistern::ConnectorConfig& /*conf*/,
                                                 cistern::Deadline /*deadline*/) override {
        throw cistern::ConnectError{"a specimen connects to nothing"};
    }
    [[nodiscard]] cistern::Settings settings() const override {
        return {{"greeting", cistern::SettingType::kText, "hello", "what to say first"}};
    }
};

}  // namespace specimen
