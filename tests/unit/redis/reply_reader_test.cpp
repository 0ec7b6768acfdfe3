#include "reply_reader.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>

#include <malloc.h>

#include <string>
#include <vector>

using redis::Reply;
using redis::ReplyLimits;
using redis::ReplyReader;

namespace {

struct Sample {
    std::string wire;
    Reply value;
};

std::vector<Sample> samples() {
    const std::string binary{"\0\r\n$5\r\n\xff", 8};
    return {
        {"+OK\r\n", Reply::status("OK")},
        {"+\r\n", Reply::status("")},
        {"-ERR no\r\n", Reply::error("ERR no")},
        {":0\r\n", Reply::integer(0)},
        {":-9223372036854775808\r\n", Reply::integer(INT64_MIN)},
        {":9223372036854775807\r\n", Reply::integer(INT64_MAX)},
        {"$5\r\nhello\r\n", Reply::string("hello")},
        {"$0\r\n\r\n", Reply::string("")},
        {"$8\r\n" + binary + "\r\n", Reply::string(binary)},
        {"$-1\r\n", Reply{}},
        {"*-1\r\n", Reply{}},
        {"*0\r\n", Reply::array()},
        {"*3\r\n$1\r\na\r\n:2\r\n$-1\r\n",
         Reply::array({Reply::string("a"), Reply::integer(2), Reply{}})},
        {"*2\r\n*2\r\n+x\r\n*0\r\n-ERR y\r\n",
         Reply::array({Reply::array({Reply::status("x"), Reply::array()}), Reply::error("ERR y")})},
        {"*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:7\r\n",
         Reply::array({Reply::array({Reply::array({Reply::array(
             {Reply::array({Reply::array({Reply::array({Reply::integer(7)})})})})})})})},
    };
}

// Everything that comes out when `wire` goes in cut at `cut`.
std::vector<Reply> read_all(const std::string& wire, std::size_t cut) {
    ReplyReader reader{ReplyLimits{}};
    std::vector<Reply> replies;
    for (const auto& part : {wire.substr(0, cut), wire.substr(cut)}) {
        reader.feed(part);
        while (auto reply = reader.next()) {
            replies.push_back(*std::move(reply));
        }
    }
    CHECK(reader.is_empty());
    return replies;
}

void feed_and_read(ReplyReader& reader, const std::string& wire) {
    reader.feed(wire);
    while (reader.next()) {
    }
}

bool is_refused(const std::string& wire, const ReplyLimits& limits = {}) {
    ReplyReader reader{limits};
    try {
        feed_and_read(reader, wire);
    } catch (const cistern::ProtocolError&) {
        return true;
    }
    return false;
}

}  // namespace

TEST_CASE("every reply has the same value wherever its bytes are cut", "[unit][redis]") {
    for (const auto& sample : samples()) {
        for (std::size_t cut = 0; cut <= sample.wire.size(); ++cut) {
            CAPTURE(sample.wire, cut);
            CHECK(read_all(sample.wire, cut) == std::vector<Reply>{sample.value});
        }
    }
}

TEST_CASE("replies that arrive together come out one by one, wherever they are cut",
          "[unit][redis]") {
    std::string wire;
    std::vector<Reply> values;
    for (const auto& sample : samples()) {
        wire += sample.wire;
        values.push_back(sample.value);
    }
    for (std::size_t cut = 0; cut <= wire.size(); ++cut) {
        CAPTURE(cut);
        CHECK(read_all(wire, cut) == values);
    }
}

TEST_CASE("replies that arrive byte by byte have the same values", "[unit][redis]") {
    for (const auto& sample : samples()) {
        CAPTURE(sample.wire);
        ReplyReader reader{ReplyLimits{}};
        for (std::size_t i = 0; i + 1 < sample.wire.size(); ++i) {
            reader.feed(sample.wire.substr(i, 1));
            REQUIRE_FALSE(reader.next());
            REQUIRE_FALSE(reader.is_empty());
        }
        reader.feed(sample.wire.substr(sample.wire.size() - 1));
        CHECK(reader.next() == sample.value);
        CHECK(reader.is_empty());
    }
}

TEST_CASE("a byte beyond the replies that were asked for is noticed", "[unit][redis]") {
    ReplyReader reader{ReplyLimits{}};
    reader.feed("+OK\r\n+");
    CHECK(reader.next() == Reply::status("OK"));
    CHECK_FALSE(reader.is_empty());
}

TEST_CASE("a length beyond the limit is refused before any of it arrives", "[unit][redis]") {
    CHECK(is_refused("$1000000000\r\n"));
    CHECK(is_refused("*1000000000\r\n"));
    CHECK(is_refused("*2147483647\r\n"));
    CHECK(is_refused("$9223372036854775807\r\n"));
    CHECK(is_refused("*99999999999999999999999999\r\n"));
    CHECK(is_refused("*1\r\n$1000000000\r\n"));
    CHECK(is_refused("*2\r\n*999999\r\n"));
}

TEST_CASE("an array takes memory as its elements arrive, whatever it announces", "[unit][redis]") {
    ReplyReader reader{ReplyLimits{.elements = 100'000'000}};
    const auto before = ::mallinfo2();
    feed_and_read(reader, "*90000000\r\n:1\r\n");
    const auto after = ::mallinfo2();
    CHECK(after.uordblks + after.hblkhd < before.uordblks + before.hblkhd + 1024 * 1024);
}

TEST_CASE("a string takes memory as its bytes arrive, whatever it announces", "[unit][redis]") {
    ReplyReader reader{ReplyLimits{.bytes = 4'000'000'000}};
    const auto before = ::mallinfo2();
    feed_and_read(reader, "$3900000000\r\nabc");
    const auto after = ::mallinfo2();
    CHECK(after.uordblks + after.hblkhd < before.uordblks + before.hblkhd + 1024 * 1024);
}

TEST_CASE("a reply with any one byte changed is read or refused, and bounded", "[unit][redis]") {
    for (const auto& sample : samples()) {
        for (std::size_t at = 0; at < sample.wire.size(); ++at) {
            for (const char byte : {'\0', '\r', '\n', '-', '0', '9', '*', '$', ':', '+', '\xff'}) {
                auto wire = sample.wire;
                wire[at] = byte;
                CAPTURE(wire);
                CHECK_NOTHROW(is_refused(wire, {.bytes = 1000, .elements = 100, .depth = 7}));
            }
        }
    }
}

TEST_CASE("what a reply announces counts in sum, not each by itself", "[unit][redis]") {
    const ReplyLimits limits{.bytes = 90, .elements = 5, .depth = 3};
    CHECK_FALSE(is_refused("*2\r\n*3\r\n", limits));
    CHECK(is_refused("*2\r\n*4\r\n", limits));
    CHECK_FALSE(is_refused("*2\r\n$40\r\n", limits));
    CHECK(is_refused("*2\r\n$40\r\n" + std::string(40, 'x') + "\r\n$40\r\n", limits));
    CHECK_FALSE(is_refused("*1\r\n*1\r\n*1\r\n:1\r\n", limits));
    CHECK(is_refused("*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n", limits));
}

TEST_CASE("limits count for each reply anew", "[unit][redis]") {
    ReplyReader reader{ReplyLimits{.bytes = 20, .elements = 2, .depth = 1}};
    for (int i = 0; i < 10; ++i) {
        CHECK_NOTHROW(feed_and_read(reader, "*2\r\n:1\r\n:2\r\n"));
    }
}

TEST_CASE("an empty array at the bottom does not count as one more level", "[unit][redis]") {
    CHECK_FALSE(is_refused("*1\r\n*0\r\n", {.bytes = 100, .elements = 5, .depth = 1}));
}

TEST_CASE("arrays nested deeper than the parser can follow are refused and not misread",
          "[unit][redis]") {
    std::string wire;
    for (int i = 0; i < 8; ++i) {
        wire += "*1\r\n";
    }
    CHECK(is_refused(wire + ":1\r\n"));
}

TEST_CASE("a line without end is refused before it grows large", "[unit][redis]") {
    CHECK(is_refused("+" + std::string(70'000, 'x')));
    CHECK(is_refused("$" + std::string(70'000, '1')));
}

TEST_CASE("bytes that are no reply are refused, with a hint", "[unit][redis]") {
    for (const auto* wire : {"HTTP/1.1 400 Bad Request\r\n",
                             "\r\n",
                             "%1\r\n",
                             "_\r\n",
                             "$\r\n",
                             "*\r\n",
                             "$-2\r\n",
                             "*-5\r\n",
                             "$1a\r\n",
                             "$--1\r\n",
                             "$+1\r\n",
                             ":\r\n",
                             ":12x\r\n",
                             ":99999999999999999999\r\n",
                             "+lone line feed\n",
                             "$3\r\nabcde\r\n",
                             "$3\r\nabc\n\n",
                             "$3\r\nab\r\n+OK\r\n"}) {
        CAPTURE(wire);
        CHECK(is_refused(wire));
    }
    ReplyReader reader{ReplyLimits{}};
    CHECK_THROWS_WITH(reader.feed("HTTP/1.1"), Catch::Contains("is this a Redis server?"));
}

TEST_CASE("a refused size names the setting that allows it", "[unit][redis]") {
    ReplyReader reader{ReplyLimits{.bytes = 10}};
    CHECK_THROWS_WITH(
        reader.feed("$11\r\n"),
        Catch::Contains("more than 10 bytes") && Catch::Contains("redis.max_reply_bytes"));
}
