#include "unit/pool/fakes.hpp"

#include <catch2/catch.hpp>

namespace cistern::test {
namespace {

TEST_CASE("an acquire opens a connection, lends it, and lends it again after its return",
          "[unit][pool]") {
    Fixture fixture;
    auto& pool = fixture.typed();
    {
        const auto lease = pool.acquire();
        CHECK(lease->number() == 1);
        CHECK(pool.stats().lent == 1);
    }
    CHECK(pool.stats().idle == 1);
    CHECK(pool.acquire()->number() == 1);
    CHECK(fixture.script->connects == 1);
    CHECK(pool.stats().reuse() == 2.0);
}

}  // namespace
}  // namespace cistern::test
