#include "backend/simulation/simulation_backend.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <functional>
#include <optional>
#include <string>

namespace cistern::simulation {
namespace {

using namespace std::chrono_literals;

// Greets, and sends every line back.
class EchoScript final : public ServerScript {
public:
    [[nodiscard]] std::string greeting(std::uint64_t) override { return "hello\n"; }
    [[nodiscard]] Answer on_line(std::uint64_t, std::string_view line) override {
        return {.text = std::string{line} + "\n", .then_close = line == "bye"};
    }
};

struct Net {
    explicit Net(FaultRates faults = {}, std::uint64_t seed = 1)
        : world{seed, {}, faults},
          server{world.network().add_server("10.0.0.1:7", std::make_unique<EchoScript>())} {
        world.network().point("db:7", "10.0.0.1:7");
    }
    // Runs `work` as the only task.
    void run(std::function<void()> work) {
        world.scheduler().spawn("client", std::move(work));
        CHECK(world.scheduler().run() == Scheduler::Ending::kDone);
    }
    [[nodiscard]] std::unique_ptr<Stream> connect(std::chrono::nanoseconds timeout = 1s) {
        return world.network().connect_tcp({"db", "7"}, in(timeout));
    }
    [[nodiscard]] Deadline in(std::chrono::nanoseconds span) {
        return Clock::deadline_at(world.scheduler().now() + span);
    }
    [[nodiscard]] std::chrono::nanoseconds passed() {
        return world.scheduler().now() - Scheduler::beginning();
    }
    std::string read_line(Stream& stream, std::chrono::nanoseconds timeout = 1s) {
        const auto deadline = in(timeout);
        std::string line;
        while (line.find('\n') == std::string::npos) {
            std::array<char, 16> bytes{};
            const auto got = stream.read_some(bytes.data(), bytes.size(), deadline);
            if (got == 0) {
                return line + "(closed)";
            }
            line.append(bytes.data(), got);
        }
        return line;
    }

    SimulationBackend world;
    SimulatedServer& server;
};

TEST_CASE("a simulated server accepts, greets and answers, and is told when its client has gone") {
    Net net;
    net.run([&] {
        {
            const auto stream = net.connect();
            CHECK(stream->peer() == "10.0.0.1:7");
            CHECK(net.read_line(*stream) == "hello\n");
            CHECK(stream->state() == StreamState::kQuiet);
            stream->write_all("one\n", net.in(1s));
            CHECK(stream->state() == StreamState::kAwaitingReply);
            CHECK(net.read_line(*stream) == "one\n");
            CHECK(stream->state() == StreamState::kQuiet);
            CHECK(net.server.open() == 1);
        }
        CHECK(net.server.open() == 0);
    });
    CHECK(net.passed() > 0ns);
    CHECK(net.server.accepted() == 1);
}

TEST_CASE("bytes that arrived and were not read show in the stream's state") {
    Net net;
    net.run([&] {
        const auto stream = net.connect();
        net.world.scheduler().sleep_until(net.in(10ms));
        CHECK(stream->state() == StreamState::kUnread);
    });
}

TEST_CASE("a server that closes is seen without reading, and read as the end") {
    Net net;
    net.run([&] {
        const auto stream = net.connect();
        net.read_line(*stream);
        stream->write_all("bye\n", net.in(1s));
        CHECK(net.read_line(*stream) == "bye\n");
        net.world.scheduler().sleep_until(net.in(10ms));
        CHECK(stream->state() == StreamState::kClosedByPeer);
        CHECK(net.read_line(*stream) == "(closed)");
    });
}

TEST_CASE("a refused connect fails before its deadline, and an unknown host too") {
    Net net{{.refuse = 100}};
    net.run([&] {
        CHECK_THROWS_AS(net.connect(), ConnectError);
        CHECK(net.passed() < 1s);
        CHECK_THROWS_AS(net.world.network().connect_tcp({"nowhere", "1"}, net.in(1s)),
                        ConnectError);
    });
}

TEST_CASE("a black hole holds a connect until its deadline, exactly") {
    Net net{{.black_hole = 100}};
    net.run([&] {
        CHECK_THROWS_AS(net.connect(250ms), DeadlineExceeded);
        CHECK(net.passed() == 250ms);
    });
}

TEST_CASE("a reset at a byte lets through what came before it, or drops it, and then fails") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        Net net{{.reset = 100}, seed};
        net.run([&] {
            const auto stream = net.connect();
            bool has_failed = false;
            try {
                for (int line = 0; line < 50; ++line) {
                    net.read_line(*stream);
                    stream->write_all("once more\n", net.in(1s));
                }
            } catch (const DeadlineExceeded&) {
                FAIL("a reset is noticed");
            } catch (const IoError& error) {
                has_failed = true;
                CHECK(error.breaks_connection());
            }
            CHECK(has_failed);
            CHECK(stream->state() == StreamState::kFailed);
            CHECK_THROWS_AS(stream->write_all("x\n", net.in(1s)), IoError);
        });
    }
}

TEST_CASE("a peer that vanishes says nothing: only the deadline ends the wait") {
    Net net{{.vanish = 100}};
    net.run([&] {
        const auto stream = net.connect();
        std::optional<std::chrono::nanoseconds> asked;
        try {
            for (int line = 0; line < 50; ++line) {
                asked = net.passed();
                net.read_line(*stream, 100ms);
                stream->write_all("are you there\n", net.in(1s));
            }
            FAIL("the peer should have vanished");
        } catch (const DeadlineExceeded&) {
            CHECK(net.passed() - *asked == 100ms);
        }
    });
}

TEST_CASE("a dripping server takes its time for each byte, and a deadline bounds the whole") {
    Net net{{.drip = 100}};
    net.run([&] {
        const auto stream = net.connect();
        CHECK_THROWS_AS(net.read_line(*stream, 3ms), DeadlineExceeded);
        const auto patient = net.connect();
        const auto began = net.passed();
        CHECK(net.read_line(*patient, 10s) == "hello\n");
        CHECK(net.passed() - began >= 6ms);
    });
}

TEST_CASE("a server closes in the middle when the plan says so, and what came before is read") {
    Net net{{.close = 100}};
    net.run([&] {
        const auto stream = net.connect();
        std::string heard;
        for (int line = 0; line < 50 && !heard.ends_with("(closed)"); ++line) {
            heard = net.read_line(*stream);
            stream->write_all("once more\n", net.in(1s));
        }
        CHECK_THAT(heard, Catch::EndsWith("(closed)"));
    });
}

TEST_CASE("connects and replies are late when the plan says so, and a deadline bounds them") {
    const auto usual = 5ms;  // longer than anything takes in a calm network
    Net net{{.slow_connect = 100, .slow_reply = 100}};
    net.run([&] {
        CHECK_THROWS_AS(net.connect(1ms), DeadlineExceeded);
        const auto stream = net.connect();
        net.read_line(*stream);
        int late = 0;
        for (int line = 0; line < 50; ++line) {
            const auto asked = net.passed();
            stream->write_all("ask\n", net.in(1s));
            CHECK(net.read_line(*stream) == "ask\n");
            late += net.passed() - asked > usual ? 1 : 0;
        }
        CHECK(late > 0);
        CHECK(late < 50);
    });
}

TEST_CASE("a reply that nobody asked for is left unread after the one that was") {
    Net net{{.extra_reply = 100}};
    net.run([&] {
        const auto stream = net.connect();
        net.read_line(*stream);
        int extra = 0;
        for (int line = 0; line < 50 && extra == 0; ++line) {
            stream->write_all("ask\n", net.in(1s));
            net.read_line(*stream);
            net.world.scheduler().sleep_until(net.in(10ms));
            extra += stream->state() == StreamState::kUnread ? 1 : 0;
        }
        CHECK(extra == 1);
    });
}

TEST_CASE("a crash resets connections and refuses new ones, until the restart") {
    Net net;
    net.run([&] {
        const auto stream = net.connect();
        net.read_line(*stream);
        net.server.crash(Crash::kReset);
        net.world.scheduler().sleep_until(net.in(10ms));
        CHECK(stream->state() == StreamState::kFailed);
        CHECK_THROWS_AS(net.connect(), ConnectError);
        net.server.restart();
        CHECK(net.read_line(*net.connect()) == "hello\n");
    });
}

TEST_CASE("after a machine's death old connections look well, until it is back and is written to") {
    Net net;
    net.run([&] {
        const auto stream = net.connect();
        net.read_line(*stream);
        net.server.crash(Crash::kVanish);
        net.world.scheduler().sleep_until(net.in(10ms));
        CHECK(stream->state() == StreamState::kQuiet);
        CHECK_THROWS_AS(net.connect(50ms), DeadlineExceeded);
        net.server.restart();
        stream->write_all("still there?\n", net.in(1s));
        CHECK_THROWS_AS(net.read_line(*stream), IoError);
        CHECK(stream->state() == StreamState::kFailed);
    });
}

TEST_CASE("a name is looked up at each connect") {
    Net net;
    net.world.network().add_server("10.0.0.2:7", std::make_unique<EchoScript>());
    net.run([&] {
        CHECK(net.connect()->peer() == "10.0.0.1:7");
        net.world.network().point("db:7", "10.0.0.2:7");
        CHECK(net.connect()->peer() == "10.0.0.2:7");
    });
}

TEST_CASE("a read that is cancelled leaves the stream failed") {
    Net net;
    net.run([&] {
        const auto stream = net.connect();
        net.read_line(*stream);
        const auto task = net.world.scheduler().current()->shared_from_this();
        net.world.scheduler().at(net.world.scheduler().now() + 5ms, [task] { task->cancel(); });
        CHECK_THROWS_AS(net.read_line(*stream), Cancelled);
        CHECK(stream->state() == StreamState::kFailed);
    });
}

TEST_CASE("faults stop when the plan is calmed") {
    Net net{{.refuse = 100}};
    net.run([&] {
        CHECK_THROWS_AS(net.connect(), ConnectError);
        net.world.faults().calm();
        CHECK(net.read_line(*net.connect()) == "hello\n");
    });
}

}  // namespace
}  // namespace cistern::simulation
