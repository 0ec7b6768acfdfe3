#include "connector_suite.hpp"
#include "line_server_under_test.hpp"

#include <cistern/echo/session.hpp>

#include <stdexcept>

namespace cistern::conformance {

ConnectorQuirks quirks() {
    return make_quirks<echo::Session>(
        {.plugin = "echo",
         .start_server = [] { return std::make_unique<EchoingServer>(); },
         .settings =
             [](const Endpoint& at) {
                 return Texts{{"endpoint", to_string(at)}};
             },
         .connect_talks_to_server = false},
        {.exchange = [](echo::Session& session, Timeout timeout) {
            if (session.echo("hello", timeout) != "hello") {
                throw ProtocolError{"the answer is not the one that was expected"};
            }
        }});
}

}  // namespace cistern::conformance
