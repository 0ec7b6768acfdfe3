// The decoder of FetchResults against the generated one, and against how a reply may arrive.

#include "fetch_oracle.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <random>

using namespace hive::test;

namespace {

// Numbers from a seed that a failing test tells.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : engine_{seed} {}

    // 0: any number at all.
    std::uint64_t operator()(std::uint64_t below) {
        return below == 0 ? engine_() : engine_() % below;
    }

private:
    std::mt19937_64 engine_;
};

std::function<std::size_t()> pieces_of(std::size_t size) {
    return [size] { return size; };
}

// A reply with a column of each type and a NULL in each.
hive::rpc::TFetchResultsResp every_type() {
    using namespace hive::rpc;
    const auto with_null = [](auto typed) {
        typed.nulls = "\x02";
        return typed;
    };
    std::vector<TColumn> columns(8);
    TBoolColumn bools;
    bools.values = {true, true, false};
    columns[0].__set_boolVal(with_null(bools));
    TByteColumn bytes;
    bytes.values = {-128, 0, 127};
    columns[1].__set_byteVal(with_null(bytes));
    TI16Column shorts;
    shorts.values = {-32768, 0, 32767};
    columns[2].__set_i16Val(with_null(shorts));
    TI32Column ints;
    ints.values = {std::numeric_limits<std::int32_t>::min(), 0, 7};
    columns[3].__set_i32Val(with_null(ints));
    TI64Column longs;
    longs.values = {std::numeric_limits<std::int64_t>::min(), 0, 7};
    columns[4].__set_i64Val(with_null(longs));
    TDoubleColumn doubles;
    doubles.values = {-0.0, 0, 1.5};
    columns[5].__set_doubleVal(with_null(doubles));
    TStringColumn texts;
    texts.values = {"", "", "\xc3\xa4 text"};
    columns[6].__set_stringVal(with_null(texts));
    TBinaryColumn blobs;
    blobs.values = {std::string("\0\xff", 2), "", "x"};
    columns[7].__set_binaryVal(with_null(blobs));
    TFetchResultsResp reply;
    reply.status.statusCode = TStatusCode::SUCCESS_WITH_INFO_STATUS;
    reply.status.__set_infoMessages({"one", "two"});
    reply.__set_hasMoreRows(false);
    TRowSet rows;
    rows.__set_columns(columns);
    reply.__set_results(rows);
    return reply;
}

}  // namespace

TEST_CASE("any row set decodes to what generated code makes of it, however it arrives",
          "[unit][hive]") {
    constexpr std::size_t kPieces[] = {1, 2, 3, 5, 61, 1000, 4096, 65'536, 10'000'000};
    hive::Batch reused;
    for (std::uint64_t run = 0; run < 150; ++run) {
        const auto seed = Catch::rngSeed() * 1000ULL + run;
        CAPTURE(seed);
        Dice dice{seed};
        const auto reply = made_up_reply(std::ref(dice));
        const auto bytes = encode(reply);
        const auto piece = kPieces[dice(std::size(kPieces))];
        CAPTURE(piece);
        auto decoded = decode(bytes, pieces_of(piece), kRoomy, std::move(reused));
        REQUIRE(decoded.error.empty());
        REQUIRE(difference(reply, decoded.batch).empty());
        CHECK(decoded.reply.has_more == reply.hasMoreRows);
        CHECK(decoded.reply.size == bytes.size());
        std::size_t rows = 0;
        for (const auto& column : decoded.batch.columns) {
            rows = std::max(rows, column.size());
        }
        CHECK(decoded.batch.rows == rows);
        reused = std::move(decoded.batch);
    }
}

TEST_CASE("a column of each type with its extremes survives", "[unit][hive]") {
    const auto reply = every_type();
    const auto decoded = decode(encode(reply));
    REQUIRE(decoded.error.empty());
    CHECK(difference(reply, decoded.batch).empty());
    for (const auto& column : decoded.batch.columns) {
        CHECK_FALSE(column.is_null(0));
        CHECK(column.is_null(1));
        CHECK_FALSE(column.is_null(2));
    }
}

TEST_CASE("a reply may be split anywhere", "[unit][hive]") {
    const auto reply = every_type();
    const auto bytes = encode(reply);
    for (std::size_t at = 1; at < bytes.size(); ++at) {
        CAPTURE(at);
        const auto decoded = decode(bytes, pieces_of(at));
        REQUIRE(decoded.error.empty());
        REQUIRE(difference(reply, decoded.batch).empty());
    }
}

TEST_CASE("a reply that ends too early is an error wherever it ends", "[unit][hive]") {
    const auto bytes = encode(every_type());
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        CAPTURE(size);
        const auto decoded = decode(std::string_view{bytes}.substr(0, size));
        REQUIRE(decoded.error.find("closed the connection") != std::string::npos);
        REQUIRE(decoded.batch.rows == 0);
        REQUIRE(decoded.batch.columns.empty());
    }
}

TEST_CASE("a length that lies is refused, or read as generated code reads it", "[unit][hive]") {
    const auto bytes = encode(every_type());
    int refused = 0;
    int read = 0;
    for (const auto at : places_of_lengths(bytes)) {
        const auto lie = [&, last = at + 3](std::string_view head, int more) {
            auto lying = bytes;
            lying.replace(at, head.size(), head);
            lying[last] = static_cast<char>(lying[last] + more);
            const auto decoded = decode(lying);
            CAPTURE(at, more);
            if (!decoded.error.empty()) {
                ++refused;
                return;
            }
            // Generated code also refuses what lacks a field that it requires.
            if (const auto expected = decode_generated(lying)) {
                ++read;
                CHECK(difference(*expected, decoded.batch).empty());
            }
        };
        lie("", 1);
        lie("", -1);
        lie("\x7f", 0);
        lie("\xff", 0);
    }
    CHECK(refused > 50);
    CHECK(read > 0);
}

TEST_CASE("what follows a reply is not taken for part of it", "[unit][hive]") {
    const auto reply = every_type();
    const auto bytes = encode(reply);
    const auto decoded = decode(bytes + "more");
    CHECK(decoded.error.empty());
    CHECK(decoded.reply.size == bytes.size());
}

TEST_CASE("what is taken out of a batch stays when the batch is used again", "[unit][hive]") {
    const auto first = every_type();
    auto decoded = decode(encode(first));
    const auto* const old_arena = decoded.batch.arena.get();
    SECTION("a copied batch") {
        const auto copy = decoded.batch;
        decoded = decode(encode(hive::rpc::TFetchResultsResp{}), {}, kRoomy, decoded.batch);
        CHECK(difference(first, copy).empty());
        CHECK(decoded.batch.arena.get() != old_arena);
    }
    SECTION("a moved column") {
        const auto column = std::move(decoded.batch.columns[6]);
        decoded = decode(encode(first), {}, kRoomy, std::move(decoded.batch));
        CHECK(std::get<hive::Texts>(column.values)[2] == "\xc3\xa4 text");
        CHECK(decoded.batch.arena.get() != old_arena);
    }
    SECTION("nothing") {
        decoded = decode(encode(first), {}, kRoomy, std::move(decoded.batch));
        CHECK(decoded.batch.arena.get() == old_arena);
    }
}

TEST_CASE("texts of a batch can be added to", "[unit][hive]") {
    auto decoded = decode(encode(every_type()));
    auto& texts = std::get<hive::Texts>(decoded.batch.columns[6].values);
    const auto old = std::move(texts);
    texts.push_back("new");
    REQUIRE(texts.size() == 1);
    CHECK(texts[0] == "new");
    auto copy = old;
    copy.push_back("new");
    REQUIRE(copy.size() == 4);
    CHECK(copy[0].empty());
    CHECK(copy[2] == "\xc3\xa4 text");
    CHECK(copy[3] == "new");
    CHECK(old.size() == 3);
}
