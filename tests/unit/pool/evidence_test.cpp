#include "pool/evidence.hpp"

#include "pool/type_name.hpp"

#include <catch2/catch.hpp>

namespace cistern {
namespace {

using namespace std::chrono_literals;

TEST_CASE("durations are told shortly", "[unit][pool]") {
    CHECK(duration_in_words(0ns) == "0 ms");
    CHECK(duration_in_words(800us) == "800 us");
    CHECK(duration_in_words(250ms) == "250 ms");
    CHECK(duration_in_words(999ms) == "999 ms");
    CHECK(duration_in_words(4s) == "4 s");
    CHECK(duration_in_words(1500ms) == "1.5 s");
    CHECK(duration_in_words(12'700ms) == "12 s");
    CHECK(duration_in_words(119s) == "119 s");
    CHECK(duration_in_words(2min) == "2 min");
    CHECK(duration_in_words(26h) == "1560 min");
}

TEST_CASE("evidence is told in the documented shape", "[unit][pool]") {
    AcquireEvidence evidence;
    evidence.stats.max_size = 8;
    evidence.stats.total = 8;
    evidence.stats.lent = 8;
    evidence.stats.waiting = 3;
    CHECK(in_words(evidence) == "(open 8 of 8, idle 0, lent 8, connecting 0, waiting 3)");
    evidence.stats.last_connect_failure = ConnectFailure{"10.0.0.1:6379 refused", 4s};
    CHECK(
        in_words(evidence) ==
        "(open 8 of 8, idle 0, lent 8, connecting 0, waiting 3); last connect error: 10.0.0.1:6379 "
        "refused, 4 s ago");
    const auto where = std::source_location::current();
    const auto place = "evidence_test.cpp:" + std::to_string(where.line());
    evidence.holders = {{12s, where}, {3s, where}};
    CHECK(
        in_words(evidence) ==
        "(open 8 of 8, idle 0, lent 8, connecting 0, waiting 3); last connect error: 10.0.0.1:6379 "
        "refused, 4 s ago; oldest holders: " +
            place + " for 12 s, " + place + " for 3 s");
    evidence.stats.validating = 1;
    evidence.stats.closing = 2;
    evidence.stats.last_connect_failure.reset();
    evidence.holders.clear();
    CHECK(in_words(evidence) ==
          "(open 8 of 8, idle 0, lent 8, connecting 0, validating 1, closing 2, waiting 3)");
}

TEST_CASE("types are told as they are written", "[unit][pool]") {
    CHECK(type_name(typeid(AcquireEvidence)) == "cistern::AcquireEvidence");
}

}  // namespace
}  // namespace cistern
