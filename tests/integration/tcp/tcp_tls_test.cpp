#include "support/certificates.hpp"
#include "support/many_askers.hpp"
#include "support/socket_server.hpp"
#include "support/test_folder.hpp"
#include "support/tls_peer.hpp"

#include <cistern/error.hpp>
#include <cistern/runtime.hpp>
#include <cistern/tcp/session.hpp>
#include <cistern/tls.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <thread>
#include <utility>

using namespace std::chrono_literals;
using namespace cistern::test;

namespace {

using Texts = std::map<std::string, std::string>;

// Sends back over TLS whatever it gets; after "bye" its farewell, and keeps the connection open.
struct SecuredEcho {
    TestFolder folder{};
    Authority authority{folder.path()};
    Identity identity{authority.issue("server")};
    SocketServer server{[this](ServedSocket& socket) { serve(socket); }};

    void serve(ServedSocket& socket) const {
        TlsPeer peer{{.identity = identity}};
        for (auto bytes = socket.receive(); !bytes.empty(); bytes = socket.receive()) {
            auto answer = peer.take(bytes);
            if (peer.received().ends_with("bye\n")) {
                answer += peer.farewell();
            }
            socket.send(answer);
        }
    }
    [[nodiscard]] cistern::Runtime pool(Texts more = {}) const {
        more.insert({{"endpoint", to_string(server.endpoint())},
                     {"tls", "on"},
                     {"tls_ca", authority.ca_file()}});
        cistern::RuntimeSpec spec;
        spec.pools.push_back({.name = "lines",
                              .plugin = "tcp",
                              .options = {{"max_size", "2"}},
                              .settings = std::move(more)});
        return cistern::Runtime::from_spec(std::move(spec));
    }
};

cistern::Pool<tcp::Session>& lines(cistern::Runtime& runtime) {
    return runtime.pool<tcp::Session>("lines");
}

std::string ask(tcp::Session& session, const std::string& line) {
    session.write(line + '\n', 5s);
    return session.read_line(5s);
}

template <class Condition>
bool comes_true(Condition condition) {
    for (int tries = 0; tries < 500 && !condition(); ++tries) {
        std::this_thread::sleep_for(10ms);
    }
    return condition();
}

}  // namespace

TEST_CASE("pooled sessions over TLS serve many threads, over no more connections than allowed",
          "[integration][tcp][tls]") {
    const SecuredEcho echo;
    auto runtime = echo.pool();
    CHECK(wrong_answers(lines(runtime), 4, 50, ask) == 0);
    CHECK(echo.server.accepted() <= 2);
}

TEST_CASE("a hang-up of an idle session over TLS is noticed at once", "[integration][tcp][tls]") {
    SecuredEcho echo;
    auto runtime = echo.pool();
    CHECK(ask(*lines(runtime).acquire(5s), "hello") == "hello");
    CHECK(lines(runtime).stats().idle == 1);
    echo.server.end_all();
    CHECK(comes_true([&] { return lines(runtime).stats().idle == 0; }));
    CHECK(ask(*lines(runtime).acquire(5s), "again") == "again");
}

TEST_CASE("a session whose peer said farewell is not lent again, though the connection is open",
          "[integration][tcp][tls]") {
    const SecuredEcho echo;
    auto runtime = echo.pool();
    CHECK(ask(*lines(runtime).acquire(5s), "bye") == "bye");
    CHECK(ask(*lines(runtime).acquire(5s), "hello") == "hello");
    CHECK(lines(runtime).stats().opened == 2);
}

TEST_CASE("what a certificate lacks is told to whoever waits for a connection, by type",
          "[integration][tcp][tls]") {
    const SecuredEcho echo;
    auto runtime = echo.pool({{"tls_host", "db1"}});
    CHECK_THROWS_WITH(lines(runtime).acquire(1s),
                      Catch::Contains("is not for db1 but for localhost, 127.0.0.1"));
}

TEST_CASE("TLS settings without TLS stop the start", "[integration][tcp][tls]") {
    const SecuredEcho echo;
    cistern::RuntimeSpec spec;
    spec.pools.push_back(
        {.name = "lines",
         .plugin = "tcp",
         .options = {},
         .settings = {{"endpoint", "127.0.0.1:1"}, {"tls_ca", echo.authority.ca_file()}}});
    CHECK_THROWS_WITH(cistern::Runtime::from_spec(std::move(spec)),
                      Catch::Contains("tcp.tls_ca is given and TLS is not on"));
}
