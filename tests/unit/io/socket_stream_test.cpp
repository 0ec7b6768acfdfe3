#include "socket_pair.hpp"

#include <cistern/stream_algorithms.hpp>

#include <fcntl.h>

#include <memory>

using Catch::Matchers::Contains;
using cistern::DeadlineExceeded;
using cistern::IoError;
using cistern::read_line;
using cistern::StreamState;
using cistern::test::SocketPair;
using namespace std::chrono_literals;

namespace {

// More than the stream's buffer, less than a socket's.
constexpr std::size_t kLarge = 64 * 1024;

}  // namespace

TEST_CASE("a read takes what is there and does not wait for more", "[unit][io]") {
    SocketPair pair;
    pair.peer_sends("ab");

    CHECK(pair.reads(100, pair.soon()) == "ab");
    CHECK(pair.readiness.waits == 0);
}

TEST_CASE("a read waits for the first byte", "[unit][io]") {
    SocketPair pair;
    pair.readiness.while_waiting = [&pair] { pair.peer_sends("late"); };

    CHECK(pair.reads(100, pair.soon()) == "late");
    CHECK(pair.readiness.waits == 1);
}

TEST_CASE("small reads are served from what one system call brought", "[unit][io]") {
    SocketPair pair;
    pair.peer_sends("one\ntwo\nthree\n");

    CHECK(read_line(pair.stream, 100, pair.soon()) == "one");
    CHECK(pair.bytes_in_socket() == 0);
    CHECK(read_line(pair.stream, 100, pair.soon()) == "two");
    CHECK(read_line(pair.stream, 100, pair.soon()) == "three");
    CHECK(pair.readiness.waits == 0);
}

TEST_CASE("a large read takes no more from the system than it gives", "[unit][io]") {
    SocketPair pair;
    pair.peer_sends(std::string(kLarge, 'x'));

    CHECK(pair.reads(kLarge / 2, pair.soon()).size() == kLarge / 2);
    CHECK(pair.bytes_in_socket() == kLarge / 2);
}

TEST_CASE("bytes keep their order over buffered and large reads", "[unit][io]") {
    SocketPair pair;
    std::string sent;
    for (std::size_t i = 0; i < kLarge; ++i) {
        sent += static_cast<char>('a' + i % 23);
    }
    pair.peer_sends(sent);

    std::string got = pair.reads(1, pair.soon());
    got += pair.reads(7, pair.soon());
    while (got.size() < sent.size()) {
        got += pair.reads(got.size() % 3 == 0 ? 100 : kLarge, pair.soon());
    }
    CHECK((got == sent));
}

TEST_CASE("a deadline that has passed still lets through what has arrived", "[unit][io]") {
    SocketPair pair;
    pair.peer_sends(std::string(kLarge, 'x'));
    const auto deadline = pair.passed();

    std::size_t got = 0;
    while (got < kLarge) {
        got += pair.reads(kLarge / 5, deadline).size();
    }
    CHECK(got == kLarge);
    CHECK(pair.readiness.waits == 0);
}

TEST_CASE("a peer that never stops sending cannot outlast the deadline", "[unit][io]") {
    SocketPair pair;
    pair.peer_sends("some");
    const auto deadline = pair.soon();
    CHECK(pair.reads(100, deadline) == "some");
    pair.readiness.manual_clock().advance(2s);
    pair.peer_sends("arrived by then");
    CHECK(pair.reads(100, deadline) == "arrived by then");
    pair.peer_sends("and more");

    CHECK_THROWS_AS(pair.reads(100, deadline), DeadlineExceeded);
    CHECK(pair.stream.state() == StreamState::kFailed);
}

TEST_CASE("a passed deadline without anything to read ends at once", "[unit][io]") {
    SocketPair pair;

    CHECK_THROWS_AS(pair.reads(100, pair.passed()), DeadlineExceeded);
    CHECK(pair.readiness.clock().now() == 0s);
}

TEST_CASE("each call after a passed deadline may have what came since", "[unit][io]") {
    SocketPair pair;
    for (const auto* const text : {"a", "b", "c"}) {
        pair.readiness.manual_clock().advance(1s);
        pair.peer_sends(text);
        CHECK(pair.reads(100, pair.passed()) == text);
    }
}

TEST_CASE("everything is written, however little the peer takes at a time", "[unit][io]") {
    SocketPair pair;
    std::string received;
    pair.readiness.while_waiting = [&] { received += pair.peer_receives(); };
    const std::string sent(8 << 20, 'x');

    pair.stream.write_all(sent, pair.soon());
    received += pair.peer_receives();

    CHECK((received == sent));
    CHECK(pair.readiness.waits > 0);
}

TEST_CASE("a write that the peer does not take ends at its deadline", "[unit][io]") {
    SocketPair pair;
    const std::string sent(8 << 20, 'x');

    try {
        pair.stream.write_all(sent, pair.soon());
        FAIL("nothing was thrown");
    } catch (const DeadlineExceeded& error) {
        CHECK(error.breaks_connection());
        CHECK(error.outcome_unknown());
        CHECK_THAT(error.what(), Contains("peer:1"));
    }
    CHECK(pair.readiness.clock().now() == 1s);
}

TEST_CASE("a peer that takes little by little cannot outlast the deadline", "[unit][io]") {
    SocketPair pair;
    pair.readiness.while_waiting = [&] {
        pair.readiness.manual_clock().advance(300ms);
        pair.peer_receives();
    };

    CHECK_THROWS_AS(pair.stream.write_all(std::string(64 << 20, 'x'), pair.soon()),
                    DeadlineExceeded);
    CHECK(pair.readiness.waits <= 4);
}

TEST_CASE("a small write needs no time, even after its deadline", "[unit][io]") {
    SocketPair pair;

    pair.stream.write_all("x", pair.passed());

    CHECK(pair.peer_receives() == "x");
}

TEST_CASE("writing to a peer that is gone is an error and no signal", "[unit][io]") {
    SocketPair pair;
    pair.peer_closes();

    try {
        pair.stream.write_all("x", pair.soon());
        FAIL("nothing was thrown");
    } catch (const IoError& error) {
        CHECK(error.breaks_connection());
        CHECK_FALSE(error.outcome_unknown());
        CHECK_THAT(error.what(), Contains("peer:1") && Contains("EPIPE"));
    }
}

TEST_CASE("a read that fails after a request leaves its outcome unknown", "[unit][io]") {
    SocketPair pair;
    const bool has_asked = GENERATE(false, true);
    if (has_asked) {
        pair.stream.write_all("ask", pair.soon());
    }

    try {
        pair.reads(100, pair.soon());
        FAIL("nothing was thrown");
    } catch (const DeadlineExceeded& error) {
        CHECK(error.outcome_unknown() == has_asked);
        CHECK(error.breaks_connection());
    }
}

TEST_CASE("a stream's end closes its descriptor", "[unit][io]") {
    auto pair = std::make_unique<SocketPair>();
    const int socket = pair->socket;
    REQUIRE(::fcntl(socket, F_GETFD) >= 0);

    pair.reset();

    CHECK(::fcntl(socket, F_GETFD) == -1);
}
