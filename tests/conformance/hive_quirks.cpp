#include "connector_suite.hpp"
#include "integration/hive/hive_server.hpp"

#include <cistern/hive/session.hpp>

namespace cistern::conformance {
namespace {

class Sandbox final : public Server {
public:
    [[nodiscard]] std::uint16_t port() const override { return server_.port(); }

private:
    test::HiveSandbox server_;
};

std::string only_text(hive::Session& session, const std::string& sql, Timeout timeout) {
    const auto operation = session.execute(sql);
    operation->wait(timeout);
    hive::Batch batch;
    if (!operation->fetch(batch) || batch.rows != 1) {
        throw ProtocolError{"the answer is not the one row that was expected"};
    }
    std::string text{std::get<hive::Texts>(batch.columns.at(0).values)[0]};
    operation->close();
    return text;
}

// Only a session in its own database answers so.
void ask_where_we_are(hive::Session& session, Timeout timeout) {
    if (only_text(session, "select current_database()", timeout) != "default") {
        throw ProtocolError{"the session is in another database"};
    }
}

Mess<hive::Session> after(std::string name, std::vector<std::string> statements) {
    return {std::move(name), [statements = std::move(statements)](hive::Session& session) {
                for (const auto& sql : statements) {
                    session.execute(sql)->wait();
                }
            }};
}

}  // namespace

ConnectorQuirks quirks() {
    return make_quirks<hive::Session>(
        {.plugin = "hive",
         .start_server = [] { return std::make_unique<Sandbox>(); },
         .settings =
             [](const Endpoint& at) {
                 // execute() takes no timeout of its own: this one bounds it.
                 return Texts{
                     {"endpoint", to_string(at)}, {"auth", "nosasl"}, {"call_timeout", "2s"}};
             }},
        {.exchange = ask_where_we_are,
         .messes = {
             after("another database",
                   {"create database if not exists elsewhere", "use elsewhere"}),
             after("a result nobody read", {"select * from range(100000)"}),
         }});
}

}  // namespace cistern::conformance
