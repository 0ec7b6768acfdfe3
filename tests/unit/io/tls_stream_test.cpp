#include "tls_fixture.hpp"

#include <catch2/catch.hpp>

#include <openssl/ssl.h>

using namespace std::chrono_literals;
using namespace cistern;
using namespace cistern::test;

TEST_CASE("bytes pass both ways through TLS, however the wire cuts them", "[unit][tls]") {
    TlsFixture net;
    net.script->in_chunks_of(GENERATE(1U, 7U, 1000U, 100'000U));
    net.serve({.identity = net.authority.issue("server"),
               .max_version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION)});
    const auto stream = net.connect(net.trusting());
    CHECK(stream->peer() == "scripted:1");
    std::string large(200'001, 'x');
    large += "end";
    CHECK(net.ask(*stream, "small") == "small");
    CHECK(net.ask(*stream, large) == large);
    CHECK(net.peer->received() == "small" + large);
    CHECK(net.script->written().find("small") == std::string::npos);
}

TEST_CASE("tickets that arrive after the handshake leave an idle session quiet", "[unit][tls]") {
    TlsFixture net;
    const auto stream = net.connect();
    CHECK_FALSE(net.script->unread().empty());  // the tickets
    CHECK(stream->state() == StreamState::kQuiet);
    CHECK(net.script->unread().empty());
    CHECK(net.ask(*stream, "hi") == "hi");
    net.script->sends(net.peer->ticket());
    CHECK(stream->state() == StreamState::kQuiet);
    CHECK(net.ask(*stream, "again") == "again");
    CHECK(stream->state() == StreamState::kQuiet);
}

TEST_CASE(
    "an answer that is owed, an unread byte and half a record each keep a session from being lent",
    "[unit][tls]") {
    TlsFixture net;
    net.serve({.identity = net.authority.issue("server"),
               .answer = [](std::string_view) { return std::string{}; }});
    const auto stream = net.connect(net.trusting());
    CHECK(stream->state() == StreamState::kQuiet);
    stream->write_all("event", net.in(1s));
    CHECK(stream->state() == StreamState::kAwaitingReply);
    stream->set_one_way(true);
    CHECK(stream->state() == StreamState::kQuiet);

    const auto record = net.peer->say("unasked");
    const auto cut = GENERATE(1U, 4U, 5U, 6U, 20U);
    net.script->sends(record.substr(0, cut));
    CHECK(stream->state() == StreamState::kUnread);
    net.script->sends(record.substr(cut));
    CHECK(stream->state() == StreamState::kUnread);
    CHECK(stream->state() == StreamState::kUnread);
    CHECK(net.read(*stream, 4) == "unas");
    CHECK(stream->state() == StreamState::kUnread);
    CHECK(net.read(*stream, 3) == "ked");
    CHECK(stream->state() == StreamState::kQuiet);
}

TEST_CASE("a farewell ends the session whether it is read or only looked at", "[unit][tls]") {
    TlsFixture net;
    const auto stream = net.connect();
    const bool looks_first = GENERATE(true, false);
    net.script->sends(net.peer->say("last words"));
    net.script->sends(net.peer->farewell());
    CHECK(net.read(*stream, 10) == "last words");
    if (looks_first) {
        CHECK(stream->state() == StreamState::kClosedByPeer);
    }
    CHECK(net.read(*stream, 1) == "(closed)");
    CHECK(net.read(*stream, 1) == "(closed)");
    CHECK(stream->state() == StreamState::kClosedByPeer);
}

TEST_CASE("a connection that is cut off without a farewell is an error and not the end of the data",
          "[unit][tls]") {
    TlsFixture net;
    const auto stream = net.connect();
    CHECK(stream->state() == StreamState::kQuiet);
    net.script->then_closes();
    CHECK(stream->state() == StreamState::kClosedByPeer);
    CHECK_THROWS_WITH(net.read(*stream, 1), Catch::Contains("close_notify"));
    CHECK(stream->state() == StreamState::kFailed);
    CHECK_THROWS_AS(net.ask(*stream, "more"), IoError);
}

TEST_CASE("a record that was changed on its way ends the session", "[unit][tls]") {
    TlsFixture net;
    const auto stream = net.connect();
    CHECK(stream->state() == StreamState::kQuiet);
    auto record = net.peer->say("pay 10");
    record.back() = static_cast<char>(record.back() ^ 1);
    net.script->sends(record);
    SECTION("when it is read") {
        CHECK_THROWS_AS(net.read(*stream, 6), IoError);
    }
    SECTION("when it is looked at") {}
    CHECK(stream->state() == StreamState::kFailed);
}

TEST_CASE("a read that fails tells whether a request is open, and not whether hands were shaken",
          "[unit][tls]") {
    TlsFixture net;
    const auto stream = net.connect();
    const bool has_asked = GENERATE(false, true);
    if (has_asked) {
        stream->write_all("ask", net.in(1s));
        CHECK(net.read(*stream, 3) == "ask");
    }
    try {
        net.read(*stream, 1);
        FAIL("nothing was thrown");
    } catch (const DeadlineExceeded& error) {
        CHECK(error.outcome_unknown() == has_asked);
    }
    CHECK(stream->state() == StreamState::kFailed);
}
