#include <base/nearest.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using cistern::guess_text;
using cistern::nearest;

namespace {

const std::vector<std::string> kNames{"max_size", "min_idle", "acquire_timeout", "order"};

}  // namespace

TEST_CASE("a misspelt word finds the one that was meant", "[unit][config]") {
    CHECK(nearest("max_sise", kNames) == "max_size");        // one letter wrong
    CHECK(nearest("maxsize", kNames) == "max_size");         // one left out
    CHECK(nearest("min_idlee", kNames) == "min_idle");       // one too many
    CHECK(nearest("odrer", kNames) == "order");              // two swapped
    CHECK(nearest("timeout", kNames) == "acquire_timeout");  // a part of it
}

TEST_CASE("a word that resembles nothing gets no guess", "[unit][config]") {
    CHECK(nearest("zzzzz", kNames) == "");
    CHECK(nearest("", kNames) == "");
    CHECK(nearest("order", {}) == "");
    CHECK(guess_text("zzzzz", kNames, "; look it up") == "; look it up");
    CHECK(guess_text("odrer", kNames, "; look it up") == "; did you mean order?");
}
