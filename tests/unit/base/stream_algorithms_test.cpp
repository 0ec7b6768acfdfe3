#include "support/scripted_stream.hpp"

#include <cistern/stream_algorithms.hpp>

#include <catch2/catch.hpp>

#include <memory>
#include <string>

using Catch::Matchers::Contains;
using cistern::Deadline;
using cistern::DeadlineExceeded;
using cistern::IoError;
using cistern::ProtocolError;
using cistern::read_exactly;
using cistern::read_line;
using cistern::read_until;
using cistern::test::ScriptedStream;
using cistern::test::StreamScript;
using namespace std::chrono_literals;

namespace {

struct Scripted {
    std::shared_ptr<StreamScript> script = std::make_shared<StreamScript>();
    ScriptedStream stream{script};
};

}  // namespace

TEST_CASE("lines come whole wherever their bytes are split", "[unit][base]") {
    const std::string sent = "first\r\n\nthird\n";
    const auto split = GENERATE_REF(range(std::size_t{0}, sent.size()));
    CAPTURE(split);
    Scripted scripted;
    scripted.script->sends(sent).split_at(split);

    CHECK(read_line(scripted.stream, 100, Deadline::never()) == "first");
    CHECK(read_line(scripted.stream, 100, Deadline::never()).empty());
    CHECK(read_line(scripted.stream, 100, Deadline::never()) == "third");
}

TEST_CASE("only one carriage return at a line's end goes with it", "[unit][base]") {
    Scripted scripted;
    scripted.script->sends("a\rb\r\r\n");

    CHECK(read_line(scripted.stream, 100, Deadline::never()) == "a\rb\r");
}

TEST_CASE("a delimiter of several bytes is found wherever it is split", "[unit][base]") {
    const std::string sent = "head--\r--\r\n\r\nbody";
    const auto split = GENERATE_REF(range(std::size_t{0}, sent.size()));
    CAPTURE(split);
    Scripted scripted;
    scripted.script->sends(sent).split_at(split);

    CHECK(read_until(scripted.stream, "\r\n\r\n", 100, Deadline::never()) == "head--\r--");
    CHECK(scripted.script->unread() == "body");
}

TEST_CASE("a text within the limit is read, one beyond it is a protocol error", "[unit][base]") {
    Scripted scripted;
    scripted.script->sends("12345\n123456\n");

    CHECK(read_line(scripted.stream, 6, Deadline::never()) == "12345");
    CHECK_THROWS_AS(read_line(scripted.stream, 6, Deadline::never()), ProtocolError);
    CHECK(scripted.script->bytes_read() == 12);
}

TEST_CASE("exactly the bytes asked for are read, however they arrive", "[unit][base]") {
    const auto chunk = GENERATE(1, 2, 3, 7, 100);
    CAPTURE(chunk);
    Scripted scripted;
    scripted.script->sends("0123456789rest").in_chunks_of(static_cast<std::size_t>(chunk));

    std::string read(10, '\0');
    read_exactly(scripted.stream, read.data(), read.size(), Deadline::never());

    CHECK(read == "0123456789");
    CHECK(scripted.script->unread() == "rest");
}

TEST_CASE("reading nothing touches no stream", "[unit][base]") {
    Scripted scripted;

    read_exactly(scripted.stream, nullptr, 0, Deadline::never());

    CHECK_FALSE(scripted.script->last_deadline().has_value());
}

TEST_CASE("a peer that closes within a message breaks the connection", "[unit][base]") {
    Scripted scripted;
    scripted.script->sends("12").then_closes();
    std::string buffer(3, '\0');

    try {
        read_exactly(scripted.stream, buffer.data(), buffer.size(), Deadline::never());
        FAIL("nothing was thrown");
    } catch (const IoError& error) {
        CHECK(error.breaks_connection());
        CHECK(error.outcome_unknown());
        CHECK_THAT(error.what(), Contains("scripted:1") && Contains("closed the connection"));
    }
}

TEST_CASE("one deadline holds for a whole line, however slowly it drips", "[unit][base]") {
    Scripted scripted;
    scripted.script->sends(std::string(100, 'x')).each_call_takes(50ms);
    const auto deadline = scripted.stream.deadline_after(1s);

    CHECK_THROWS_AS(read_line(scripted.stream, 1000, deadline), DeadlineExceeded);
    CHECK(scripted.script->bytes_read() == 20);
    CHECK(scripted.script->clock().now() == 1s);
    CHECK(scripted.script->last_deadline() == deadline);
}
