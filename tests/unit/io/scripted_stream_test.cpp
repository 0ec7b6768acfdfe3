#include "support/scripted_stream.hpp"

#include "support/scripted_io.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>

using cistern::ConnectError;
using cistern::Deadline;
using cistern::DeadlineExceeded;
using cistern::IoError;
using cistern::StreamState;
using cistern::test::ScriptedIo;
using cistern::test::ScriptedStream;
using cistern::test::StreamScript;
using namespace std::chrono_literals;

// What other tests lean on is tested itself.

namespace {

std::string read_from(ScriptedStream& stream, std::size_t most, Deadline deadline) {
    std::string bytes(most, '\0');
    bytes.resize(stream.read_some(bytes.data(), bytes.size(), deadline));
    return bytes;
}

struct Scripted {
    std::shared_ptr<StreamScript> script = std::make_shared<StreamScript>();
    ScriptedStream stream{script};

    std::string reads(std::size_t most) { return read_from(stream, most, Deadline::never()); }
    std::string reads_soon(std::size_t most) {
        return read_from(stream, most, stream.deadline_after(1s));
    }
};

}  // namespace

TEST_CASE("a scripted peer's bytes come in the parts asked for", "[unit][io]") {
    Scripted scripted;
    scripted.script->sends("abcdefg").in_chunks_of(3).split_at(4);

    CHECK(scripted.reads(100) == "abc");
    CHECK(scripted.reads(100) == "d");
    CHECK(scripted.reads(2) == "ef");
    CHECK(scripted.reads(100) == "g");
}

TEST_CASE("a script that is used up lets the deadline pass", "[unit][io]") {
    Scripted scripted;

    CHECK_THROWS_AS(scripted.reads_soon(1), DeadlineExceeded);
    CHECK(scripted.script->clock().now() == 1s);
    CHECK(scripted.stream.state() == StreamState::kFailed);
    CHECK_THROWS_AS(scripted.reads(1), IoError);
}

TEST_CASE("a script that would make a test wait for ever says so", "[unit][io]") {
    Scripted scripted;

    CHECK_THROWS_AS(scripted.reads(1), std::logic_error);
}

TEST_CASE("scripted reads fail or stall behind the bytes before", "[unit][io]") {
    Scripted scripted;
    scripted.script->sends("abcd");
    if (GENERATE(true, false)) {
        scripted.script->read_fails_at(2);
        CHECK(scripted.reads(100) == "ab");
        CHECK_THROWS_AS(scripted.reads(100), IoError);
    } else {
        scripted.script->read_stalls_at(2);
        CHECK(scripted.reads(100) == "ab");
        CHECK_THROWS_AS(scripted.reads_soon(100), DeadlineExceeded);
    }
}

TEST_CASE("scripted writes fail or stall behind the bytes before", "[unit][io]") {
    Scripted scripted;
    scripted.stream.write_all("ab", Deadline::never());
    if (GENERATE(true, false)) {
        scripted.script->write_fails_at(3);
        CHECK_THROWS_AS(scripted.stream.write_all("cd", Deadline::never()), IoError);
    } else {
        scripted.script->write_stalls_at(3);
        CHECK_THROWS_AS(scripted.stream.write_all("cd", scripted.stream.deadline_after(1s)),
                        DeadlineExceeded);
    }
    CHECK(scripted.script->written() == "abc");
    CHECK(scripted.script->writes() == std::vector<std::string>{"ab", "c"});
}

TEST_CASE("a scripted peer answers what it gets", "[unit][io]") {
    Scripted scripted;
    scripted.script->answers([](std::string_view asked) { return "<" + std::string{asked} + ">"; });

    scripted.stream.write_all("a", Deadline::never());
    scripted.stream.write_all("b", Deadline::never());

    CHECK(scripted.reads(100) == "<a><b>");
}

TEST_CASE("a scripted stream tells its state as a socket does", "[unit][io]") {
    Scripted scripted;
    CHECK(scripted.stream.state() == StreamState::kQuiet);
    scripted.stream.write_all("ask", Deadline::never());
    CHECK(scripted.stream.state() == StreamState::kAwaitingReply);
    scripted.script->sends("answer");
    CHECK(scripted.stream.state() == StreamState::kUnread);
    CHECK(scripted.reads(3) == "ans");
    CHECK(scripted.stream.state() == StreamState::kUnread);
    CHECK(scripted.reads(100) == "wer");
    CHECK(scripted.stream.state() == StreamState::kQuiet);
    scripted.script->then_closes();
    CHECK(scripted.stream.state() == StreamState::kClosedByPeer);
    CHECK(scripted.reads(100).empty());
}

TEST_CASE("scripted connects end as prepared, in order", "[unit][io]") {
    ScriptedIo io;
    const auto script = io.will_connect();
    io.will_refuse("refused");
    io.will_hang();
    const auto deadline = io.clock().deadline_after(1s);

    auto stream = io.connect_tcp({"db1", "80"}, deadline);
    CHECK(stream->peer() == "db1:80");
    CHECK(script->open_streams() == 1);
    stream.reset();
    CHECK(script->open_streams() == 0);
    CHECK_THROWS_AS(io.connect_unix("/run/x", deadline), ConnectError);
    CHECK_THROWS_AS(io.connect_tcp({"::1", "80"}, deadline), DeadlineExceeded);
    CHECK(io.clock().now() == 1s);
    CHECK_THROWS_AS(io.connect_tcp({"db2", "80"}, deadline), ConnectError);
    CHECK(io.asked_for() ==
          std::vector<std::string>{"db1:80", "unix:/run/x", "[::1]:80", "db2:80"});
}
