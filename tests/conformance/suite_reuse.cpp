// What happens to a connection between two borrowers, and at the end.

#include "suite_scene.hpp"
#include "support/skip.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace cistern::conformance;
using namespace std::chrono_literals;

namespace {

// One place, so that the next borrower gets the same connection or a new one in its stead.
const Texts kOnePlace{{"max_size", "1"}};

Texts always_validating() {
    return {{"max_size", "1"}, {"validate_after_idle", "0s"}, {"validate_timeout", "300ms"}};
}

}  // namespace

TEST_CASE("a connection that was used well is lent again", "[conformance]") {
    Scene scene{quirks(), GENERATE(from_range(backends())), kOnePlace};
    for (int i = 0; i < 5; ++i) {
        scene.use();
    }
    CHECK(scene.pool().stats().opened == 1);
}

TEST_CASE("a connection that passes validation is lent again", "[conformance]") {
    Scene scene{quirks(), GENERATE(from_range(backends())), always_validating()};
    for (int i = 0; i < 5; ++i) {
        scene.use();
    }
    CHECK(scene.pool().stats().opened == 1);
    CHECK(scene.pool().stats().validations >= 4);
}

TEST_CASE("a connection that the server closed while idle costs its next borrower no error",
          "[conformance]") {
    const bool by_reset = GENERATE(false, true);
    const auto options = GENERATE(Texts{kOnePlace}, always_validating());
    Scene scene{quirks(), GENERATE(from_range(backends())), options};
    for (unsigned round = 1; round <= 3; ++round) {
        CHECK(outcome_of([&] { scene.use(); }).text.empty());
        if (by_reset) {
            scene.gate().reset_all();
        } else {
            scene.gate().close_all();
        }
        REQUIRE(scene.gate().wait_for_open(0));
        CHECK(scene.pool().stats().opened == round);
    }
}

TEST_CASE("a health check finds the server well, and leaves nothing behind", "[conformance]") {
    Scene scene{quirks(), GENERATE(from_range(backends())), kOnePlace};
    for (int i = 0; i < 3; ++i) {
        CHECK(scene.pool().check(kAmple).state == cistern::HealthState::kHealthy);
        CHECK(outcome_of([&] { scene.use(); }).text.empty());
        scene.settle();
    }
    CHECK(scene.pool().stats().opened == 1);
    CHECK(scene.pool().stats().acquired == 3);
}

TEST_CASE("a health check finds a server down that says nothing", "[conformance]") {
    const auto subject = quirks();
    if (!subject.plugin.validate_talks_to_server) {
        cistern::test::skip("validate() of " + subject.plugin.plugin +
                            " only looks at its own end");
    }
    Scene scene{subject, GENERATE(from_range(backends())), kOnePlace};
    scene.use();
    scene.settle();
    scene.gate().black_hole();
    CHECK(scene.pool().check(kBrief).state == cistern::HealthState::kDown);
    scene.gate().pass();
}

TEST_CASE("a connection that fails validation frees its place", "[conformance]") {
    const auto subject = quirks();
    if (!subject.plugin.validate_talks_to_server) {
        cistern::test::skip("validate() of " + subject.plugin.plugin +
                            " only looks at its own end");
    }
    auto options = always_validating();
    options["connect_timeout"] = "300ms";
    Scene scene{subject, GENERATE(from_range(backends())), options};
    scene.use();
    scene.gate().black_hole();
    const auto outcome = outcome_of([&] { scene.acquire()->exchange(kBrief); });
    CHECK(outcome.kind == Outcome::Kind::kFrameworkError);
    CHECK(outcome.took < 10s);
    CHECK(scene.pool().stats().closed_invalid >= 1);

    scene.gate().pass();
    CHECK(outcome_of([&] { scene.use(); }).text.empty());
    CHECK(scene.pool().stats().total == 1);
}

TEST_CASE("what one borrower left behind does not reach the next", "[conformance]") {
    const auto subject = quirks();
    for (std::size_t i = 0; i < subject.mess_names.size(); ++i) {
        CAPTURE(subject.mess_names[i]);
        Scene scene{subject, backends().front(), kOnePlace};
        {
            const auto lease = scene.acquire();
            lease->exchange(kAmple);
            lease->make_mess(i);
        }
        CHECK(outcome_of([&] { scene.use(); }).text.empty());
        CHECK(outcome_of([&] { scene.use(); }).text.empty());
    }
}

TEST_CASE("a session whose answer was not waited for is never lent again", "[conformance]") {
    Scene scene{quirks(), GENERATE(from_range(backends())), kOnePlace};
    {
        const auto lease = scene.acquire();
        lease->exchange(kAmple);
        scene.gate().black_hole();
        const auto outcome = outcome_of([&] { lease->exchange(50ms); });
        CHECK(outcome.is_timeout);
        CHECK(outcome.took < 5s);
        scene.gate().pass();
    }
    CHECK(outcome_of([&] { scene.use(); }).text.empty());
    CHECK(scene.pool().stats().opened == 2);
}

TEST_CASE("a connection whose lease ended in an exception is never lent again", "[conformance]") {
    Scene scene{quirks(), GENERATE(from_range(backends())), kOnePlace};
    const auto outcome = outcome_of([&] {
        const auto lease = scene.acquire();
        lease->exchange(kAmple);
        throw std::runtime_error{"the user's own"};
    });
    CHECK(outcome.text == "the user's own");
    scene.use();
    CHECK(scene.pool().stats().opened == 2);
}

TEST_CASE("a connection that its borrower discards is never lent again", "[conformance]") {
    Scene scene{quirks(), GENERATE(from_range(backends())), kOnePlace};
    scene.acquire()->discard();
    scene.use();
    CHECK(scene.pool().stats().opened == 2);
}

TEST_CASE("many borrowers over few connections all get their own answers", "[conformance]") {
    Scene scene{quirks(), GENERATE(from_range(backends())), {{"max_size", "3"}}};
    std::atomic<int> errors{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            for (int round = 0; round < 25; ++round) {
                errors += outcome_of([&] { scene.use(); }).text.empty() ? 0 : 1;
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    CHECK(errors == 0);
    CHECK(scene.pool().stats().opened <= 3);
}

TEST_CASE("after a drain the server sees no connection", "[conformance]") {
    Scene scene{quirks(), GENERATE(from_range(backends()))};
    {
        const auto a = scene.acquire();
        const auto b = scene.acquire();
        const auto c = scene.acquire();
        a->exchange(kAmple);
        b->exchange(kAmple);
        CHECK(scene.gate().open() == 3);
    }
    CHECK(scene.pool().drain(kAmple));
    CHECK(scene.gate().wait_for_open(0));
    CHECK(scene.pool().stats().total == 0);
}
