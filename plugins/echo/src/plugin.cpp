// The smallest complete connector: send a line, get the same line back.

#include <cistern/connector.hpp>
#include <cistern/echo/session.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace echo {
namespace {

constexpr std::size_t kMaxLineBytes = 4096;

// One session with one echo server. Used by one caller at a time: the pool guarantees it.
// I/O waits the way the pool's backend waits; nothing here knows which backend that is.
class EchoConnection final : public cistern::Connection, public Session {
public:
    explicit EchoConnection(std::unique_ptr<cistern::Stream> stream) : stream_{std::move(stream)} {}

    std::string echo(std::string_view line, cistern::Timeout timeout) override {
        return exchange(line, stream_->deadline_after(timeout));
    }

    // Asked before an idle connection is lent again. Throwing evicts the connection.
    void validate(cistern::Deadline deadline) override {
        if (exchange("ping", deadline) != "ping") {
            throw cistern::ProtocolError{"echo: the reply differs from the request"};
        }
    }

private:
    std::string exchange(std::string_view line, cistern::Deadline deadline) {
        stream_->write_all(std::string{line} + '\n', deadline);
        return cistern::read_line(*stream_, kMaxLineBytes, deadline);
    }

    std::unique_ptr<cistern::Stream> stream_;  // closing it ends the session
};

// Opens sessions. Called from any number of pool tasks at once, so it keeps no state.
class EchoConnector final : public cistern::Connector {
public:
    std::unique_ptr<cistern::Connection> connect(cistern::IoContext& io,
                                                 const cistern::ConnectorConfig& conf,
                                                 cistern::Deadline deadline) override {
        return std::make_unique<EchoConnection>(io.connect_tcp(conf.endpoint("endpoint"), deadline));
    }
    cistern::Settings settings() const override {
        return {{"endpoint", cistern::SettingType::kEndpoint, "127.0.0.1:7007", "the echo server"}};
    }
};

}  // namespace
}  // namespace echo

CISTERN_EXPORT_CONNECTOR(echo::EchoConnector, "echo")
