// Opening connections: in time, refused, into the dark, to a server that is none, and without
// leaks.

#include "suite_scene.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <filesystem>
#include <iterator>
#include <string>
#include <thread>

using namespace cistern::conformance;
using namespace std::chrono_literals;
using cistern::test::ServedSocket;
using cistern::test::SocketServer;

namespace {

std::size_t open_descriptors() {
    using Iterator = std::filesystem::directory_iterator;
    return static_cast<std::size_t>(std::distance(Iterator{"/proc/self/fd"}, Iterator{}));
}

// The servers of the test live in this process too, and close their ends a little later.
bool descriptors_fall_to(std::size_t count) {
    const auto give_up = std::chrono::steady_clock::now() + kAmple;
    while (open_descriptors() > count) {
        if (std::chrono::steady_clock::now() > give_up) {
            return false;
        }
        std::this_thread::yield();
    }
    return true;
}

// A borrow and an exchange against a server that does `serve` and nothing else.
Outcome outcome_with(const SocketServer::Serve& serve, const std::string& backend) {
    const auto subject = quirks();
    SocketServer server{serve};
    auto runtime = make_runtime(
        subject,
        subject.plugin.settings(server.endpoint()),
        {{"backend", backend}, {"connect_timeout", "300ms"}, {"retry.max_attempts", "1"}});
    const auto pool = subject.open_pool(runtime, "subject");
    return outcome_of([&] { pool->acquire(kAmple)->exchange(kBrief); });
}

}  // namespace

TEST_CASE("a connection opens within its deadline and answers", "[conformance]") {
    Scene scene{quirks(), GENERATE(from_range(backends()))};
    const auto outcome = outcome_of([&] { scene.use(); });
    CHECK(outcome.text.empty());
    CHECK(scene.pool().stats().opened == 1);
    CHECK(scene.gate().accepted() == 1);
}

TEST_CASE("with a list of endpoints a connector goes to the one that works", "[conformance]") {
    const auto subject = quirks();
    const auto server = subject.plugin.start_server();
    const cistern::Endpoint at{"127.0.0.1", std::to_string(server->port())};
    auto settings = subject.plugin.settings(at);
    REQUIRE(settings.erase("endpoint") == 1);
    auto runtime =
        make_runtime(subject, settings, {{"endpoints", "127.0.0.1:1, " + to_string(at)}});
    const auto pool = subject.open_pool(runtime, "subject");
    pool->acquire(kAmple)->exchange(kAmple);
    const auto stats = pool->stats();
    REQUIRE(stats.endpoints.size() == 2);
    CHECK(stats.endpoints[0].circuit.failures > 0);
    CHECK(stats.endpoints[1].total == 1);
    CHECK(stats.endpoints[1].circuit.endpoint == to_string(at));
}

TEST_CASE("where nothing listens, a borrower is told at once and by name", "[conformance]") {
    Scene scene{quirks(), GENERATE(from_range(backends())), {{"retry.max_attempts", "1"}}};
    scene.gate().refuse();
    const auto outcome = outcome_of([&] { scene.use(); });
    CHECK(outcome.is_connect_error);
    CHECK(outcome.took < 5s);
    CHECK_THAT(outcome.text, Catch::Contains(std::to_string(scene.gate().port())));

    scene.gate().accept_again();
    CHECK(outcome_of([&] { scene.use(); }).text.empty());
}

TEST_CASE("a server that takes bytes and gives none holds nobody longer than the deadline",
          "[conformance]") {
    const auto subject = quirks();
    Scene scene{subject,
                GENERATE(from_range(backends())),
                {{"connect_timeout", "300ms"}, {"retry.max_attempts", "1"}}};
    scene.gate().black_hole();
    const auto outcome = outcome_of([&] { scene.acquire()->exchange(kBrief); });
    CHECK((outcome.is_timeout || outcome.is_connect_error));
    CHECK(outcome.took < 5s);
    CHECK(scene.pool().stats().opened == (subject.plugin.connect_talks_to_server ? 0U : 1U));

    scene.gate().pass();
    CHECK(outcome_of([&] { scene.use(); }).text.empty());
}

TEST_CASE("whatever a server says, only the framework's errors leave the plugin", "[conformance]") {
    const auto backend = GENERATE(from_range(backends()));
    const auto says = [](std::string bytes) {
        return [bytes = std::move(bytes)](ServedSocket& socket) {
            socket.send(bytes);
            while (!socket.receive().empty()) {
                socket.send(bytes);
            }
        };
    };
    struct Case {
        const char* name;
        SocketServer::Serve serve;
    };
    for (const auto& [name, serve] : {
             Case{"closes at once", [](ServedSocket&) {}},
             Case{"resets at once", [](ServedSocket& socket) { socket.reset_at_close(); }},
             Case{"closes instead of answering",
                  [](ServedSocket& socket) { static_cast<void>(socket.receive()); }},
             Case{"speaks HTTP", says("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")},
             Case{"sends zeros", says(std::string(100, '\0'))},
             Case{"sends ones", says(std::string(100, '\xff'))},
             Case{"sends line ends", says("\r\n\r\n\r\n\r\n")},
             Case{"sends too much", says(std::string(200'000, 'x'))},
         }) {
        CAPTURE(name);
        const auto outcome = outcome_with(serve, backend);
        CAPTURE(outcome.text);
        CHECK(outcome.kind == Outcome::Kind::kFrameworkError);
        CHECK(outcome.took < 10s);
    }
}

TEST_CASE("opening and closing many connections leaves no descriptor behind", "[conformance]") {
    Scene scene{quirks(), GENERATE(from_range(backends()))};
    const auto open_and_close = [&] {
        const auto lease = scene.acquire();
        lease->exchange(kAmple);
        lease->discard();
    };
    constexpr int kTimes = 20;
    // What the framework opens once and keeps: some of it only when something is waited for.
    for (int i = 0; i < kTimes; ++i) {
        open_and_close();
    }
    REQUIRE(scene.gate().wait_for_open(0));
    const auto before = open_descriptors();
    for (int i = 0; i < kTimes; ++i) {
        open_and_close();
    }
    CHECK(descriptors_fall_to(before));
    CHECK(scene.pool().stats().opened == 2 * kTimes);
}

TEST_CASE("failed connects leave no descriptor behind", "[conformance]") {
    const auto subject = quirks();
    Scene scene{subject,
                GENERATE(from_range(backends())),
                {{"connect_timeout", "50ms"}, {"retry.max_attempts", "1"}}};
    scene.acquire()->discard();
    REQUIRE(scene.gate().wait_for_open(0));
    const auto before = open_descriptors();
    if (subject.plugin.connect_talks_to_server) {
        scene.gate().black_hole();
    } else {
        scene.gate().refuse();
    }
    for (int i = 0; i < 5; ++i) {
        CHECK(outcome_of([&] { static_cast<void>(scene.acquire()); }).kind ==
              Outcome::Kind::kFrameworkError);
    }
    scene.gate().pass();  // only now can it notice who has left
    CHECK(descriptors_fall_to(before));
}
