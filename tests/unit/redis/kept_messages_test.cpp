#include "kept_messages.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <limits>
#include <string>

using redis::KeptMessages;
using redis::Reply;

namespace {

Reply message_of(std::size_t size) {
    return Reply::array({Reply::string("message"), Reply::string(std::string(size, 'x'))});
}

}  // namespace

TEST_CASE("kept messages come back in the order in which they came", "[unit][redis]") {
    KeptMessages kept{4096};
    CHECK(kept.is_empty());
    REQUIRE(kept.keep(Reply::string("one")));
    REQUIRE(kept.keep(Reply::string("two")));
    CHECK(kept.take().text() == "one");
    CHECK(kept.take().text() == "two");
    CHECK(kept.is_empty());
}

TEST_CASE("no more bytes are kept than there is room for, and what is taken makes room",
          "[unit][redis]") {
    KeptMessages kept{4096};
    REQUIRE(kept.keep(message_of(1500)));
    REQUIRE(kept.keep(message_of(1500)));
    CHECK_FALSE(kept.keep(message_of(1500)));
    static_cast<void>(kept.take());
    CHECK(kept.keep(message_of(1500)));
    CHECK_FALSE(kept.keep(message_of(1500)));
    kept.clear();
    CHECK(kept.is_empty());
    CHECK(kept.keep(message_of(3000)));
}

TEST_CASE("one message larger than all the room is not kept", "[unit][redis]") {
    KeptMessages kept{100};
    CHECK_FALSE(kept.keep(message_of(101)));
    CHECK(kept.is_empty());
}

TEST_CASE("no more messages are kept than the most, however small", "[unit][redis]") {
    KeptMessages kept{std::numeric_limits<std::uint64_t>::max()};
    for (std::size_t i = 0; i < KeptMessages::kMost; ++i) {
        REQUIRE(kept.keep(Reply::integer(1)));
    }
    CHECK_FALSE(kept.keep(Reply::integer(1)));
    static_cast<void>(kept.take());
    CHECK(kept.keep(Reply::integer(1)));
}
