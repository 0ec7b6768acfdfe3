#include "backend/thread/thread_backend.hpp"
#include "support/line_server.hpp"
#include "support/tcp_gate.hpp"

#include <cistern/stream_algorithms.hpp>

#include <catch2/catch.hpp>

#include <signal.h>
#include <sys/time.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>

using Catch::Matchers::Contains;
using cistern::Deadline;
using cistern::DeadlineExceeded;
using cistern::IoError;
using cistern::make_thread_backend;
using cistern::read_exactly;
using cistern::read_line;
using cistern::Stream;
using cistern::StreamState;
using cistern::test::LineServer;
using cistern::test::TcpGate;
using namespace std::chrono_literals;

// What networks do to a stream. Upper bounds are far above what a working machine needs, lower ones
// exact.

namespace {

constexpr auto kLong = 20s;

// A client, a gate, and a server behind it.
struct Line {
    std::shared_ptr<cistern::Backend> backend = make_thread_backend();
    LineServer server;
    TcpGate gate{server.port()};
    std::unique_ptr<Stream> stream = backend->io().connect_tcp(gate.endpoint(), in(kLong));

    explicit Line(LineServer::Handler handler = LineServer::echo()) : server{std::move(handler)} {}

    [[nodiscard]] Deadline in(std::chrono::nanoseconds timeout) const {
        return backend->clock().deadline_after(timeout);
    }
    std::string ask(const std::string& question, Deadline deadline) const {
        stream->write_all(question + "\n", deadline);
        return read_line(*stream, 1 << 20, deadline);
    }
    // The state that comes within a generous time, or the last one seen.
    [[nodiscard]] StreamState state_becoming(StreamState wanted) const {
        const auto deadline = in(kLong);
        while (stream->state() != wanted && !backend->clock().has_passed(deadline)) {
            std::this_thread::sleep_for(1ms);
        }
        return stream->state();
    }
    [[nodiscard]] std::chrono::nanoseconds late_by(Deadline deadline) const {
        return backend->clock().now() - deadline.since_clock_epoch();
    }
};

// The alarm signal every millisecond, in whichever thread takes it.
class AlarmStorm {
public:
    AlarmStorm() {
        struct sigaction action {};
        action.sa_handler = [](int) { ++alarms; };  // no SA_RESTART: system calls are interrupted
        ::sigaction(SIGALRM, &action, &before_);
        const itimerval every{{0, 1000}, {0, 1000}};
        ::setitimer(ITIMER_REAL, &every, nullptr);
    }
    AlarmStorm(const AlarmStorm&) = delete;
    AlarmStorm& operator=(const AlarmStorm&) = delete;
    ~AlarmStorm() {
        const itimerval off{};
        ::setitimer(ITIMER_REAL, &off, nullptr);
        ::sigaction(SIGALRM, &before_, nullptr);
    }

    static std::atomic<int> alarms;

private:
    struct sigaction before_ {};
};

std::atomic<int> AlarmStorm::alarms{0};

// Keeps the alarm from every thread that is started while it lives.
class AlarmsForThisThreadOnly {
public:
    AlarmsForThisThreadOnly() {
        sigset_t alarm;
        ::sigemptyset(&alarm);
        ::sigaddset(&alarm, SIGALRM);
        ::pthread_sigmask(SIG_BLOCK, &alarm, &before_);
    }
    void let_in() const { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
    sigset_t before_{};
};

}  // namespace

TEST_CASE("the gate passes everything when it has no rules", "[integration][io]") {
    const Line line;

    CHECK(line.ask("hello", line.in(kLong)) == "hello");
    const std::string large(500000, 'x');
    CHECK((line.ask(large, line.in(kLong)) == large));
    CHECK(line.gate.accepted() == 1);
}

TEST_CASE("a line that drips in holds nobody beyond the deadline", "[integration][io]") {
    Line line;
    line.gate.apply({.part_size = 1, .part_pause = 50ms});
    const auto deadline = line.in(400ms);

    CHECK_THROWS_AS(line.ask(std::string(1000, 'x'), deadline), DeadlineExceeded);
    CHECK(line.late_by(deadline) >= 0s);
    CHECK(line.late_by(deadline) < 10s);
    CHECK(line.stream->state() == StreamState::kFailed);
}

TEST_CASE("a reply in small parts is read whole", "[integration][io]") {
    Line line;
    line.gate.apply({.part_size = 3, .part_pause = 1ms});

    CHECK(line.ask("in small parts", line.in(kLong)) == "in small parts");
}

TEST_CASE("a network that swallows everything is left at the deadline", "[integration][io]") {
    Line line;
    line.gate.black_hole();
    const auto deadline = line.in(100ms);

    CHECK_THROWS_AS(line.ask("hello", deadline), DeadlineExceeded);
    CHECK(line.late_by(deadline) >= 0s);
    CHECK(line.late_by(deadline) < 10s);
}

TEST_CASE("a server that is told nothing leaves a stream that awaits its reply",
          "[integration][io]") {
    Line line;
    line.gate.black_hole();
    line.stream->write_all("hello\n", line.in(kLong));

    CHECK(line.stream->state() == StreamState::kAwaitingReply);
    line.gate.pass();
    CHECK(line.state_becoming(StreamState::kUnread) == StreamState::kUnread);
    CHECK(read_line(*line.stream, 100, line.in(kLong)) == "hello");
    CHECK(line.stream->state() == StreamState::kQuiet);
}

TEST_CASE("a server's goodbye is seen without reading", "[integration][io]") {
    Line line;
    CHECK(line.ask("hello", line.in(kLong)) == "hello");
    line.gate.close_all();

    CHECK(line.state_becoming(StreamState::kClosedByPeer) == StreamState::kClosedByPeer);
}

TEST_CASE("a connection cut within a reply is an error that says so", "[integration][io]") {
    Line line;
    line.gate.apply({.cut_after = 3});

    try {
        line.ask("hello", line.in(kLong));
        FAIL("nothing was thrown");
    } catch (const IoError& error) {
        CHECK(error.breaks_connection());
        CHECK(error.outcome_unknown());
        CHECK_THAT(error.what(),
                   Contains(to_string(line.gate.endpoint())) && Contains("closed the connection"));
    }
    CHECK(line.stream->state() == StreamState::kClosedByPeer);
}

TEST_CASE("a connection reset within a reply is an error that says so", "[integration][io]") {
    Line line;
    line.gate.apply({.reset_after = 3});
    std::string buffer(6, '\0');
    line.stream->write_all("hello\n", line.in(kLong));

    try {
        read_exactly(*line.stream, buffer.data(), buffer.size(), line.in(kLong));
        FAIL("nothing was thrown");
    } catch (const IoError& error) {
        CHECK(error.breaks_connection());
        CHECK(error.outcome_unknown());
        CHECK_THAT(error.what(), Contains("ECONNRESET"));
    }
    CHECK(line.stream->state() == StreamState::kFailed);
}

TEST_CASE("a reset is remembered by whoever only looks", "[integration][io]") {
    Line line;
    CHECK(line.ask("hello", line.in(kLong)) == "hello");
    line.gate.reset_all();

    CHECK(line.state_becoming(StreamState::kFailed) == StreamState::kFailed);
    CHECK(line.stream->state() == StreamState::kFailed);
    CHECK_THROWS_AS(line.stream->write_all("x", line.in(kLong)), IoError);
}

TEST_CASE("writing to a server that is gone is an error and no signal", "[integration][io]") {
    Line line;
    CHECK(line.ask("hello", line.in(kLong)) == "hello");
    line.gate.reset_all();
    REQUIRE(line.gate.wait_for_open(0));

    const auto write_on = [&line] {
        for (int i = 0; i < 1000; ++i) {
            line.stream->write_all("more\n", line.in(kLong));
            std::this_thread::sleep_for(1ms);
        }
    };
    CHECK_THROWS_AS(write_on(), IoError);
}

TEST_CASE("a gate that refuses lets nobody in until it is told to", "[integration][io]") {
    Line line;
    line.gate.refuse();
    CHECK_THROWS_AS(line.backend->io().connect_tcp(line.gate.endpoint(), line.in(kLong)),
                    cistern::ConnectError);

    line.gate.accept_again();
    line.stream = line.backend->io().connect_tcp(line.gate.endpoint(), line.in(kLong));
    CHECK(line.ask("hello", line.in(kLong)) == "hello");
}

TEST_CASE("sp11_interrupted_look_goes_on: signals neither shorten nor extend a wait",
          "[integration][io]") {
    const AlarmsForThisThreadOnly alarms;
    Line line;
    line.gate.black_hole();
    alarms.let_in();
    const AlarmStorm storm;
    const auto before = AlarmStorm::alarms.load();
    const auto deadline = line.in(300ms);

    CHECK_THROWS_AS(line.ask("hello", deadline), DeadlineExceeded);
    CHECK(line.late_by(deadline) >= 0s);
    CHECK(line.late_by(deadline) < 10s);
    const auto parked_until = line.in(100ms);
    CHECK_FALSE(line.backend->this_task()->park_until(parked_until));
    CHECK(line.late_by(parked_until) >= 0s);
    CHECK(AlarmStorm::alarms > before + 10);
}

TEST_CASE("signals do not disturb a conversation", "[integration][io]") {
    const AlarmsForThisThreadOnly alarms;
    Line line;
    alarms.let_in();
    const AlarmStorm storm;

    for (int i = 0; i < 500; ++i) {
        const auto question = std::to_string(i);
        REQUIRE(line.ask(question, line.in(kLong)) == question);
    }
    for (int i = 0; i < 50; ++i) {
        line.stream = line.backend->io().connect_tcp(line.gate.endpoint(), line.in(kLong));
        REQUIRE(line.ask("again", line.in(kLong)) == "again");
    }
}
