#include "connector_suite.hpp"
#include "integration/redis/redis_server.hpp"

#include <cistern/redis/session.hpp>

#include <chrono>

namespace cistern::conformance {
namespace {

class RealRedis final : public Server {
public:
    [[nodiscard]] std::uint16_t port() const override { return server_.port(); }

private:
    test::RedisServer server_;
};

Mess<redis::Session> after(std::string name, redis::Command command) {
    using std::chrono_literals::operator""s;
    return {std::move(name), [command = std::move(command)](redis::Session& session) {
                session.command(command, 5s);
            }};
}

// Only a session in its own database and outside of any transaction answers so.
void set_and_get(redis::Session& session, Timeout timeout) {
    if (!session.command({"SET", "key", "value"}, timeout).is_status("OK") ||
        session.command({"GET", "key"}, timeout).text() != "value") {
        throw ProtocolError{"the answer is not the one that was expected"};
    }
}

}  // namespace

ConnectorQuirks quirks() {
    return make_quirks<redis::Session>(
        {.plugin = "redis",
         .start_server = [] { return std::make_unique<RealRedis>(); },
         .settings =
             [](const Endpoint& at) {
                 return Texts{{"endpoint", to_string(at)}};
             }},
        {.exchange = set_and_get,
         .messes = {
             after("a transaction", {"MULTI"}),
             after("watched keys", {"WATCH", "key"}),
             after("another database", {"SELECT", "7"}),
             after("a subscription", {"SUBSCRIBE", "news"}),
             after("monitoring", {"MONITOR"}),
             after("another name", {"CLIENT", "SETNAME", "x"}),
             after("a goodbye", {"QUIT"}),
         }});
}

}  // namespace cistern::conformance
