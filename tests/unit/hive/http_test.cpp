// The transport over HTTP: logins, cookies, answers that are no reply.

#include "hive_connector.hpp"
#include "session_fixture.hpp"
#include "session_spec.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>

#include <deque>
#include <functional>

using namespace hive::test;
using namespace std::chrono_literals;

namespace {

constexpr auto* kBasicAnn = "Authorization: Basic YW5uOnNlc2FtZQ==\r\n";  // ann:sesame

std::string chunk(std::string_view bytes) {
    std::string size(4, '0');
    constexpr auto* kDigits = "0123456789abcdef";
    for (std::size_t at = 0; at < 4; ++at) {
        size[at] = kDigits[bytes.size() >> (4 * (3 - at)) & 15];
    }
    return size + "\r\n" + std::string{bytes} + "\r\n";
}

// A FakeHive behind HTTP. The next answers may be given instead of its own.
struct HttpHive {
    std::unique_ptr<cistern::Connection> connect(Given more = {}) {
        more.insert(
            {{"endpoint", "h:1"}, {"transport", "http"}, {"user", "ann"}, {"password", "sesame"}});
        script = io.will_connect();
        script->answers([this](std::string_view request) { return answer(request); });
        if (chunk_size > 0) {
            script->in_chunks_of(chunk_size);
        }
        return connector.connect(io, config(more), io.clock().deadline_after(6s));
    }
    std::string answer(std::string_view request) {
        const auto end = request.find("\r\n\r\n");
        REQUIRE(end != std::string_view::npos);
        heads.emplace_back(request.substr(0, end + 2));
        if (!prepared.empty()) {
            auto one = prepared.front();
            prepared.pop_front();
            return one;
        }
        const auto reply = server.answer(request.substr(end + 4));
        const auto half = reply.size() / 2;
        return "HTTP/1.1 200 OK\r\nContent-Type: application/x-thrift\r\n" + extra +
               "Transfer-Encoding: chunked\r\n\r\n" +
               chunk(std::string_view{reply}.substr(0, half)) +
               chunk(std::string_view{reply}.substr(half)) + "0\r\n\r\n";
    }
    static hive::Session& session(cistern::Connection& connection) {
        return dynamic_cast<hive::Session&>(connection);
    }

    cistern::test::ScriptedIo io;
    std::shared_ptr<cistern::test::StreamScript> script;
    FakeHive server;
    hive::HiveConnector connector;
    std::size_t chunk_size = 0;
    std::string extra;  // headers of good answers
    std::deque<std::string> prepared;
    std::vector<std::string> heads;
};

std::string plain_answer(const std::string& status,
                         const std::string& headers = {},
                         const std::string& body = {}) {
    return "HTTP/1.1 " + status + "\r\n" + headers +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace

TEST_CASE("over HTTP each call is a POST with the login, and its answer may come in any pieces",
          "[unit][hive]") {
    HttpHive net;
    net.chunk_size = GENERATE(0U, 1U, 3U, 100U);
    const auto connection =
        net.connect({{"http_path", "gateway/hive"}, {"http_header.X-Team", "data"}});
    for (int round = 0; round < 3; ++round) {
        CHECK(HttpHive::session(*connection).server_info().name == "Fake Hive");
        CHECK_FALSE(connection->is_broken());
        CHECK(net.script->unread().empty());  // the chunk that ends an answer included
    }
    CHECK(net.heads.front().starts_with("POST /gateway/hive HTTP/1.1\r\nHost: h:1\r\n"));
    for (const auto& head : net.heads) {
        CHECK_THAT(head,
                   Catch::Contains(kBasicAnn) && Catch::Contains("X-Team: data\r\n") &&
                       Catch::Contains("Content-Type: application/x-thrift\r\n"));
    }
}

TEST_CASE("the cookie of a login stands for user and password, and other cookies come along",
          "[unit][hive]") {
    HttpHive net;
    net.extra =
        "Set-Cookie: hive.server2.auth=cu=ann&s=abc==; Max-Age=86400; Secure; HttpOnly\r\n"
        "Set-Cookie: route=2; path=/\r\n";
    const auto connection = net.connect();
    net.extra = "Set-Cookie: route=; Max-Age=0\r\n";
    static_cast<void>(HttpHive::session(*connection).server_info());
    CHECK_THAT(net.heads[0], Catch::Contains(kBasicAnn) && !Catch::Contains("Cookie"));
    CHECK_THAT(net.heads[1],
               Catch::Contains("Cookie: hive.server2.auth=cu=ann&s=abc==; route=2\r\n") &&
                   !Catch::Contains("Authorization"));
    CHECK_THAT(net.heads[2], Catch::Contains("Cookie: hive.server2.auth=cu=ann&s=abc==\r\n"));
}

TEST_CASE("a server that has forgotten the cookie gets the login once more, with the same request",
          "[unit][hive]") {
    HttpHive net;
    net.extra = "Set-Cookie: hive.server2.auth=old\r\n";
    const auto connection = net.connect();
    net.extra = "Set-Cookie: hive.server2.auth=new\r\n";
    // Apache Hive says 401, Spark 500.
    net.prepared.push_back(plain_answer(
        GENERATE("401 Unauthorized", "500 Server Error"), {}, "<html>Invalid sign</html>"));
    CHECK(HttpHive::session(*connection).server_info().name == "Fake Hive");
    CHECK_THAT(net.heads[1], Catch::Contains("Cookie: hive.server2.auth=old"));
    CHECK_THAT(net.heads[2], Catch::Contains(kBasicAnn) && !Catch::Contains("auth=old"));
    CHECK_THAT(net.heads[3], Catch::Contains("Cookie: hive.server2.auth=new"));

    net.prepared.push_back(plain_answer("401 Unauthorized"));
    net.prepared.push_back(plain_answer("401 Unauthorized", {}, "no such user: ann, sesame"));
    CHECK_THROWS_AS(HttpHive::session(*connection).server_info(), cistern::AuthError);
    CHECK(connection->is_broken());
}

TEST_CASE("without cookies the login goes with every request", "[unit][hive]") {
    HttpHive net;
    net.extra = "Set-Cookie: hive.server2.auth=abc\r\n";
    const auto connection = net.connect({{"http_cookies", "false"}});
    static_cast<void>(HttpHive::session(*connection).server_info());
    CHECK_THAT(net.heads[1], Catch::Contains(kBasicAnn));
}

TEST_CASE("a token given as a header takes the login's place", "[unit][hive]") {
    HttpHive net;
    static_cast<void>(net.connect({{"http_header.Authorization", "Bearer t0k"}}));
    CHECK_THAT(net.heads[0],
               Catch::Contains("Authorization: Bearer t0k\r\n") && !Catch::Contains("Basic"));
}

TEST_CASE("answers that are no reply say what they mean, and never the password", "[unit][hive]") {
    HttpHive net;
    const auto row = GENERATE(table<std::string, std::string>({
        {plain_answer("401 Unauthorized", {}, "bad login: sesame"), "refused the login: HTTP 401"},
        {plain_answer("403 Forbidden"), "refused the login: HTTP 403"},
        {plain_answer("404 Not Found"), "check http_path"},
        {plain_answer("405 Method Not Allowed", {}, "<html><body>no</body></html>"),
         "check http_path"},
        {plain_answer("413 Too Large"), "too long for it"},
        {plain_answer("503 Unavailable"), "HTTP 503"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", ""},
        {"HTTP/9 what\r\n\r\n", "no HTTP that can be read"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;" + std::string(200'000, 'x'),
         "has a chunk header or trailers that do not end"},
        {std::string("\x15\x03\x03\x00\x02\x02\x50", 7), "it speaks TLS"},
        {std::string("\x04\x00\x00\x00\x01x", 6), "it speaks the binary protocol"},
        {"", "it may speak the binary protocol, or expect TLS"},
    }));
    net.prepared.push_back(std::get<0>(row));
    if (std::get<0>(row).empty()) {
        net.io.will_connect()->then_closes();
        CHECK_THROWS_WITH(
            net.connector.connect(net.io,
                                  config({{"endpoint", "h:1"}, {"transport", "http"}}),
                                  net.io.clock().deadline_after(6s)),
            Catch::Contains(std::get<1>(row)));
        return;
    }
    CHECK_THROWS_WITH(net.connect(),
                      Catch::Contains(std::get<1>(row)) && !Catch::Contains("sesame"));
}

TEST_CASE("a server's echo of tokens, cookies and encoded logins is never shown",
          "[unit][hive]") {
    HttpHive net;
    const auto echo = GENERATE(as<std::string>{},
                               "YW5uOnNlc2FtZQ==",
                               "Basic YW5uOnNlc2FtZQ==",
                               "no such token: eyJ0b2tlbiI",
                               "no such header: Bearer eyJ0b2tlbiI",
                               "no such key: open-sesame-key");
    net.prepared.push_back(plain_answer("401 Unauthorized", {}, "bad login: " + echo));
    using Catch::Contains;
    CHECK_THROWS_WITH(net.connect({{"http_header.X-Token", "Bearer eyJ0b2tlbiI"},
                                   {"http_header.X-Key", "open-sesame-key"}}),
                      Contains("bad login") && Contains("***") && !Contains("YW5uOnNlc2FtZQ") &&
                          !Contains("eyJ0b2tlbiI") && !Contains("open-sesame-key"));

    const auto spec = hive::read_session_spec(
        config({{"url", "jdbc:hive2://h:1/;transportMode=http;http.cookie.gate=crumbs42"}}));
    CHECK((*spec.redact)("anonymous has crumbs42") == "anonymous has ***");
}

TEST_CASE("a server that says when it will be ready is asked again then, within the deadline",
          "[unit][hive]") {
    HttpHive net;
    SECTION("soon") {
        net.prepared.push_back(plain_answer("503 Unavailable", "Retry-After: 2\r\n"));
        CHECK(net.connect());
        CHECK(net.heads.size() == 2);
    }
    SECTION("too late") {
        net.prepared.push_back(plain_answer("503 Unavailable", "Retry-After: 60\r\n"));
        CHECK_THROWS_AS(net.connect(), cistern::ConnectError);
        CHECK(net.heads.size() == 1);
    }
    SECTION("never") {
        for (int i = 0; i < 10; ++i) {
            net.prepared.push_back(plain_answer("503 Unavailable", "Retry-After: 0\r\n"));
        }
        CHECK_THROWS_AS(net.connect(), cistern::ConnectError);
        CHECK(net.heads.size() == 4);
    }
}

TEST_CASE("an answer that ends the connection is read, and the connection is used no more",
          "[unit][hive]") {
    HttpHive net;
    net.extra = "Connection: close\r\n";
    const auto connection = net.connect();
    CHECK_THROWS_WITH(HttpHive::session(*connection).server_info(),
                      Catch::Contains("ended the connection with its last answer"));
    CHECK(connection->is_broken());
}

TEST_CASE("HTTP is asked for in the driver's words or by settings, which win", "[unit][hive]") {
    const std::string url =
        "jdbc:hive2://h:1/d;transportMode=http;httpPath=cliservice;cookieName=c;"
        "http.header.X-Key=k;http.cookie.node=3";
    const auto spec = hive::read_session_spec(config({{"url", url}}));
    REQUIRE(spec.http);
    CHECK(spec.http->path == "/cliservice");
    CHECK(spec.http->login_cookie == "c");
    CHECK(spec.http->headers.at("X-Key").reveal() == "k");
    CHECK(spec.http->cookies.at("node").reveal() == "3");
    CHECK(spec.user == "anonymous");
    const auto other = hive::read_session_spec(
        config({{"url", url}, {"http_path", "/other"}, {"http_cookies", "false"}}));
    CHECK(other.http.value().path == "/other");
    CHECK(other.http.value().login_cookie.empty());
    CHECK_FALSE(hive::read_session_spec(config({{"endpoint", "h:1"}})).http);
    const auto bad =
        GENERATE(as<Given>{},
                 Given{{"url", "jdbc:hive2://h:1/d;httpPath=x"}},
                 Given{{"url", "jdbc:hive2://h:1/d;transportMode=smtp"}},
                 Given{{"endpoint", "h:1"}, {"http_path", "/x"}},
                 Given{{"endpoint", "h:1"}, {"transport", "http"}, {"http_path", "/a b"}},
                 Given{{"endpoint", "h:1"}, {"transport", "http"}, {"http_header.A", "x\r\ny"}},
                 Given{{"endpoint", "h:1"}, {"transport", "http"}, {"http_header.Host", "x"}});
    CHECK_THROWS_AS(hive::read_session_spec(config(bad)), cistern::ConfigError);
}
