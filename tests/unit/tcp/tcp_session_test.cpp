#include "support/scripted_stream.hpp"
#include "tcp_connection.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <memory>
#include <string>

using namespace std::chrono_literals;
using cistern::StreamState;
using cistern::test::ScriptedStream;
using cistern::test::StreamScript;

namespace {

constexpr std::size_t kMaxLine = 16;

struct Scene {
    std::shared_ptr<StreamScript> script = std::make_shared<StreamScript>();
    ScriptedStream* stream = nullptr;  // owned by the connection
    std::unique_ptr<tcp::TcpConnection> connection;

    Scene() {
        auto owned = std::make_unique<ScriptedStream>(script, "server:7");
        stream = owned.get();
        connection = std::make_unique<tcp::TcpConnection>(std::move(owned), kMaxLine);
    }
    tcp::Session& session() { return *connection; }
    cistern::Deadline soon() { return script->clock().deadline_after(1s); }
};

template <class Call>
bool outcome_is_unknown(Call call) {
    try {
        call();
    } catch (const cistern::Error& error) {
        return error.outcome_unknown();
    }
    return false;
}

}  // namespace

TEST_CASE("what is written reaches the peer byte for byte", "[unit][tcp]") {
    Scene scene;
    const std::string bytes{"a\0b\r\n\xff", 6};
    scene.session().write(bytes, 1s);
    CHECK(scene.script->written() == bytes);
}

TEST_CASE("reads give the same bytes wherever the peer's bytes are cut", "[unit][tcp]") {
    const std::string sent = "one\r\ntwo\n12345END.rest";
    for (std::size_t cut = 0; cut < sent.size(); ++cut) {
        CAPTURE(cut);
        Scene scene;
        scene.script->sends(sent).split_at(cut);
        CHECK(scene.session().read_line(1s) == "one");
        CHECK(scene.session().read_line(1s) == "two");
        CHECK(scene.session().read_exactly(5, 1s) == "12345");
        CHECK(scene.session().read_until("END.", 1s).empty());
        std::string rest;
        while (rest.size() < 4) {
            rest += scene.session().read(100, 1s);
        }
        CHECK(rest == "rest");
    }
}

TEST_CASE("read gives no more than was asked for", "[unit][tcp]") {
    Scene scene;
    scene.script->sends("abcdef");
    CHECK(scene.session().read(4, 1s) == "abcd");
    CHECK(scene.stream->state() == StreamState::kUnread);
}

TEST_CASE("read gives nothing once the peer has closed", "[unit][tcp]") {
    Scene scene;
    scene.script->sends("x").then_closes();
    CHECK(scene.session().read(10, 1s) == "x");
    CHECK(scene.session().read(10, 1s).empty());
    CHECK(scene.stream->state() == StreamState::kClosedByPeer);
}

TEST_CASE("a long message read by its length arrives whole", "[unit][tcp]") {
    Scene scene;
    const std::string message(200'000, 'm');
    scene.script->sends(message).in_chunks_of(1000);
    CHECK(scene.session().read_exactly(message.size(), 1s) == message);
}

TEST_CASE("a length that the peer does not honour takes no memory ahead of its bytes",
          "[unit][tcp]") {
    Scene scene;
    scene.script->sends("short").then_closes();
    CHECK_THROWS_AS(scene.session().read_exactly(std::size_t{1} << 60, 1s), cistern::IoError);
}

TEST_CASE("a line may have as many bytes as the setting says and not one more", "[unit][tcp]") {
    Scene fits;
    fits.script->sends(std::string(kMaxLine - 1, 'l') + '\n');
    CHECK(fits.session().read_line(1s).size() == kMaxLine - 1);

    Scene exceeds;
    exceeds.script->sends(std::string(kMaxLine, 'l') + '\n');
    CHECK_THROWS_AS(exceeds.session().read_line(1s), cistern::ProtocolError);
}

TEST_CASE("a peer that drips does not prolong a timeout", "[unit][tcp]") {
    Scene scene;
    scene.script->sends(std::string(14, 'd') + '\n').in_chunks_of(1).each_call_takes(100ms);
    CHECK_THROWS_AS(scene.session().read_line(1s), cistern::DeadlineExceeded);
    CHECK(scene.script->clock().now() == 1s);
}

TEST_CASE("a read that fails leaves the outcome of the work unknown", "[unit][tcp]") {
    Scene closes;
    closes.script->sends("half").then_closes();
    CHECK(outcome_is_unknown([&] { closes.session().read_line(1s); }));

    Scene fails;
    fails.script->read_fails_at(0);
    CHECK(outcome_is_unknown([&] { fails.session().read(1, 1s); }));

    Scene stalls;
    CHECK(outcome_is_unknown([&] { stalls.session().read(1, 1s); }));
}

TEST_CASE("validate accepts a quiet session and sends nothing", "[unit][tcp]") {
    Scene scene;
    CHECK_NOTHROW(scene.connection->validate(scene.soon()));
    CHECK(scene.script->written().empty());
    CHECK_FALSE(scene.connection->needs_reset());
}

TEST_CASE("validate refuses a session that is not as it was at first", "[unit][tcp]") {
    SECTION("unread bytes") {
        Scene scene;
        scene.script->sends("late");
        CHECK_THROWS_WITH(scene.connection->validate(scene.soon()),
                          Catch::Contains("server:7") && Catch::Contains("unread"));
    }
    SECTION("closed by the peer") {
        Scene scene;
        scene.script->then_closes();
        CHECK_THROWS_AS(scene.connection->validate(scene.soon()), cistern::IoError);
    }
    SECTION("an answer still owed") {
        Scene scene;
        scene.session().write("question\n", 1s);
        CHECK_THROWS_AS(scene.connection->validate(scene.soon()), cistern::IoError);
    }
}
