#include "shout.hpp"

#include <cistern/shout/session.hpp>

#include <chrono>
#include <utility>

namespace shout {
namespace {

using namespace std::chrono_literals;

class ShoutConnection final : public cistern::Connection, public Session {
public:
    explicit ShoutConnection(std::unique_ptr<cistern::Stream> stream) : stream_{std::move(stream)} {}

    std::string shout(std::string_view text) override {
        return ask(text, stream_->deadline_after(2s));
    }
    void validate(cistern::Deadline deadline) override { ask("ping", deadline); }

private:
    std::string ask(std::string_view text, cistern::Deadline deadline) {
        stream_->write_all(std::string{text} + '\n', deadline);
        return cistern::read_line(*stream_, 1024, deadline);
    }

    std::unique_ptr<cistern::Stream> stream_;
};

}  // namespace

std::unique_ptr<cistern::Connection> ShoutConnector::connect(cistern::IoContext& io,
                                                             const cistern::ConnectorConfig& conf,
                                                             cistern::Deadline deadline) {
    return std::make_unique<ShoutConnection>(io.connect_tcp(conf.endpoint("endpoint"), deadline));
}

cistern::Settings ShoutConnector::settings() const {
    return {{.name = "endpoint",
             .type = cistern::SettingType::kEndpoint,
             .meaning = "where the shouting is done",
             .required = true}};
}

}  // namespace shout
