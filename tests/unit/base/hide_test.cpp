// Taking a secret out of what a server says.

#include <cistern/secret.hpp>

#include <catch2/catch.hpp>

#include <string>

using cistern::hide;
using cistern::Secret;

TEST_CASE("a secret is taken out of a text wherever it stands for itself", "[unit][base]") {
    const Secret secret{"hush"};
    CHECK(hide("hush", secret) == "***");
    CHECK(hide("a hush, a hush", secret) == "a ***, a ***");
    CHECK(hide("password=hush;hush,\"hush\"", secret) == "password=***;***,\"***\"");
    CHECK(hide("nothing here", secret) == "nothing here");
    CHECK(hide("", secret).empty());
}

TEST_CASE("a word that merely contains a secret stays as it is", "[unit][base]") {
    const Secret secret{"hush"};
    CHECK(hide("table hush_money, hushed, the1hush", secret) ==
          "table hush_money, hushed, the1hush");
    CHECK(hide("hushed hush", secret) == "hushed ***");
}

TEST_CASE("only letters, digits and underscores make a secret part of a word", "[unit][base]") {
    CHECK(hide("xp!x", Secret{"p!"}) == "xp!x");
    CHECK(hide("x!p!x", Secret{"!p!"}) == "x***x");
    CHECK(hide("-p\xc3\xa4-", Secret{"p"}) == "-***\xc3\xa4-");
}

TEST_CASE("a secret that begins inside another word is hidden where it ends", "[unit][base]") {
    CHECK(hide("xhush hush hush", Secret{"hush hush"}) == "xhush ***");
}

TEST_CASE("without a secret a text stays as it is", "[unit][base]") {
    CHECK(hide("anything", Secret{}) == "anything");
}
