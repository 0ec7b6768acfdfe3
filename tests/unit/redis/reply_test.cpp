#include <cistern/redis/reply.hpp>

#include <catch2/catch.hpp>

#include <cstdint>
#include <string>

using redis::Reply;
using redis::ServerError;

TEST_CASE("a reply gives its value as the type the server gave it", "[unit][redis]") {
    CHECK(Reply::string("v").text() == "v");
    CHECK(Reply::status("OK").text() == "OK");
    CHECK(Reply::integer(-7).integer() == -7);
    CHECK(Reply::array({Reply::integer(1), Reply{}}).elements().size() == 2);
    CHECK(Reply{}.is_nil());
}

TEST_CASE("asking a reply for another type than it has names both", "[unit][redis]") {
    CHECK_THROWS_WITH(Reply::integer(1).text(),
                      Catch::Contains("an integer") && Catch::Contains("a string"));
    CHECK_THROWS_WITH(Reply::string("12").integer(),
                      Catch::Contains("is a string") && Catch::Contains("an integer"));
    CHECK_THROWS_WITH(Reply{}.text(), Catch::Contains("nil"));
    CHECK_THROWS_AS(Reply::status("OK").elements(), cistern::Error);
}

TEST_CASE("asking an error reply for a value throws what the server said", "[unit][redis]") {
    const auto error = Reply::error("WRONGTYPE Operation against a key");
    CHECK(error.error_code() == "WRONGTYPE");
    try {
        static_cast<void>(error.integer());
        FAIL("no error was thrown");
    } catch (const ServerError& thrown) {
        CHECK(thrown.code() == "WRONGTYPE");
        CHECK(std::string{thrown.what()} == "WRONGTYPE Operation against a key");
        CHECK_FALSE(thrown.breaks_connection());
        CHECK_FALSE(thrown.is_transient());
    }
}

TEST_CASE("an error's first word is its code only when it is in capitals", "[unit][redis]") {
    CHECK(Reply::error("MOVED 3999 127.0.0.1:6381").error_code() == "MOVED");
    CHECK(Reply::error("NOAUTH").error_code() == "NOAUTH");
    CHECK(Reply::error("something went wrong").error_code().empty());
    CHECK(Reply::string("ERR no error").error_code().empty());
}

TEST_CASE("errors of a server that is busy for a while are transient", "[unit][redis]") {
    for (const auto* code : {"LOADING", "BUSY", "TRYAGAIN", "MASTERDOWN", "CLUSTERDOWN"}) {
        CAPTURE(code);
        CHECK(ServerError{code, code}.is_transient());
    }
    CHECK_FALSE(ServerError{"NOAUTH", "NOAUTH"}.is_transient());
}
