#include "connector_suite.hpp"
#include "line_server_under_test.hpp"

#include <cistern/tcp/session.hpp>

#include <chrono>

namespace cistern::conformance {

ConnectorQuirks quirks() {
    using std::chrono_literals::operator""s;
    return make_quirks<tcp::Session>(
        {.plugin = "tcp",
         .start_server = [] { return std::make_unique<EchoingServer>(); },
         .settings =
             [](const Endpoint& at) {
                 return Texts{{"endpoint", to_string(at)}};
             },
         .connect_talks_to_server = false,
         .validate_talks_to_server = false},
        {.exchange =
             [](tcp::Session& session, Timeout timeout) {
                 session.write("hello\n", timeout);
                 if (session.read_line(timeout) != "hello") {
                     throw ProtocolError{"the answer is not the one that was expected"};
                 }
             },
         .messes = {
             {"an answer that was not read",
              [](tcp::Session& session) { session.write("question\n", 5s); }},
             {"half an answer that was not read",
              [](tcp::Session& session) {
                  session.write("a long question\n", 5s);
                  static_cast<void>(session.read_exactly(3, 5s));
              }},
             {"half a request", [](tcp::Session& session) { session.write("hel", 5s); }},
         }});
}

}  // namespace cistern::conformance
