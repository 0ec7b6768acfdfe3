// A connector whose connections cost nothing but the time that a setting says.

#include <cistern/connector.hpp>
#include <cistern/stub/session.hpp>

#include <memory>
#include <thread>

namespace stub {
namespace {

class StubConnection final : public cistern::Connection, public Session {
public:
    void validate(cistern::Deadline) override {}
};

class StubConnector final : public cistern::Connector {
public:
    std::unique_ptr<cistern::Connection> connect(cistern::IoContext&,
                                                 const cistern::ConnectorConfig& conf,
                                                 cistern::Deadline) override {
        const auto cost = conf.duration("connect_cost");
        if (cost.count() > 0) {
            std::this_thread::sleep_for(cost);
        }
        return std::make_unique<StubConnection>();
    }
    cistern::Settings settings() const override {
        return {{"connect_cost",
                 cistern::SettingType::kDuration,
                 "0ms",
                 "how long opening a connection takes"}};
    }
    bool blocks_thread(const cistern::ConnectorConfig& /*conf*/) const noexcept override { return true; }
};

}  // namespace
}  // namespace stub

CISTERN_EXPORT_CONNECTOR(stub::StubConnector, "stub")
