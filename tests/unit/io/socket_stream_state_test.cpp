#include "socket_pair.hpp"

#include <stdexcept>

using cistern::Cancelled;
using cistern::DeadlineExceeded;
using cistern::IoError;
using cistern::StreamState;
using cistern::test::SocketPair;

TEST_CASE("a new stream is quiet", "[unit][io]") {
    const SocketPair pair;

    CHECK(pair.stream.state() == StreamState::kQuiet);
}

TEST_CASE("bytes that arrived and were not read make a stream unread", "[unit][io]") {
    SocketPair pair;
    pair.peer_sends("x");

    CHECK(pair.stream.state() == StreamState::kUnread);
    CHECK(pair.stream.state() == StreamState::kUnread);
    CHECK(pair.reads(10, pair.soon()) == "x");
    CHECK(pair.stream.state() == StreamState::kQuiet);
}

TEST_CASE("bytes left in the stream's own buffer make it unread", "[unit][io]") {
    SocketPair pair;
    pair.peer_sends("xy");

    CHECK(pair.reads(1, pair.soon()) == "x");
    REQUIRE(pair.bytes_in_socket() == 0);
    CHECK(pair.stream.state() == StreamState::kUnread);
}

TEST_CASE("what was written and not answered makes a stream await a reply", "[unit][io]") {
    SocketPair pair;
    pair.stream.write_all("ask", pair.soon());

    CHECK(pair.stream.state() == StreamState::kAwaitingReply);
    pair.peer_sends("answer");
    CHECK(pair.stream.state() == StreamState::kUnread);
    CHECK(pair.reads(10, pair.soon()) == "answer");
    CHECK(pair.stream.state() == StreamState::kQuiet);
    pair.stream.write_all("again", pair.soon());
    CHECK(pair.stream.state() == StreamState::kAwaitingReply);
}

TEST_CASE("a write of nothing owes no reply", "[unit][io]") {
    SocketPair pair;
    pair.stream.write_all("", pair.soon());

    CHECK(pair.stream.state() == StreamState::kQuiet);
}

TEST_CASE("a one-way stream owes no reply until it is two-way again", "[unit][io]") {
    SocketPair pair;
    pair.stream.set_one_way(true);
    pair.stream.write_all("tell", pair.soon());

    CHECK(pair.stream.state() == StreamState::kQuiet);
    pair.stream.set_one_way(false);
    CHECK(pair.stream.state() == StreamState::kAwaitingReply);
}

TEST_CASE("a one-way stream with bytes to read is still unread", "[unit][io]") {
    SocketPair pair;
    pair.stream.set_one_way(true);
    pair.stream.write_all("tell", pair.soon());
    pair.peer_sends("unasked");

    CHECK(pair.stream.state() == StreamState::kUnread);
}

TEST_CASE("a peer that closed is seen without reading", "[unit][io]") {
    SocketPair pair;
    pair.stream.write_all("ask", pair.soon());
    CHECK(pair.peer_receives() == "ask");
    pair.peer_closes();

    CHECK(pair.stream.state() == StreamState::kClosedByPeer);
}

TEST_CASE("bytes before the peer's close come first", "[unit][io]") {
    SocketPair pair;
    pair.peer_sends("bye");
    pair.peer_closes();

    CHECK(pair.stream.state() == StreamState::kUnread);
    CHECK(pair.reads(10, pair.soon()) == "bye");
    CHECK(pair.stream.state() == StreamState::kClosedByPeer);
    CHECK(pair.reads(10, pair.soon()).empty());
    CHECK(pair.reads(10, pair.soon()).empty());
    CHECK(pair.stream.state() == StreamState::kClosedByPeer);
}

TEST_CASE("a read that passed its deadline leaves the stream failed for good", "[unit][io]") {
    SocketPair pair;
    CHECK_THROWS_AS(pair.reads(10, pair.soon()), DeadlineExceeded);

    CHECK(pair.stream.state() == StreamState::kFailed);
    pair.peer_sends("late");
    CHECK(pair.stream.state() == StreamState::kFailed);
    CHECK_THROWS_AS(pair.reads(10, pair.soon()), IoError);
    CHECK_THROWS_AS(pair.stream.write_all("x", pair.soon()), IoError);
    CHECK(pair.peer_receives().empty());
}

TEST_CASE("a failed stream says why it failed", "[unit][io]") {
    SocketPair pair;
    CHECK_THROWS(pair.reads(10, pair.soon()));

    CHECK_THROWS_WITH(pair.reads(10, pair.soon()),
                      Catch::Contains("peer:1") && Catch::Contains("earlier failure") &&
                          Catch::Contains("before the deadline"));
}

TEST_CASE("a write that failed leaves the stream failed", "[unit][io]") {
    SocketPair pair;
    pair.peer_closes();
    CHECK_THROWS_AS(pair.stream.write_all("x", pair.soon()), IoError);

    CHECK(pair.stream.state() == StreamState::kFailed);
}

TEST_CASE("a task cancelled while it waits leaves the stream failed", "[unit][io]") {
    SocketPair pair;
    pair.readiness.while_waiting = [] { throw Cancelled{"no longer wanted"}; };

    CHECK_THROWS_AS(pair.reads(10, pair.soon()), Cancelled);
    CHECK(pair.stream.state() == StreamState::kFailed);
}

TEST_CASE("every state has its own name", "[unit][io]") {
    CHECK(to_string(StreamState::kQuiet) == "quiet");
    CHECK(to_string(StreamState::kUnread) == "unread bytes");
    CHECK(to_string(StreamState::kAwaitingReply) == "awaiting a reply");
    CHECK(to_string(StreamState::kClosedByPeer) == "closed by the peer");
    CHECK(to_string(StreamState::kFailed) == "failed");
}
