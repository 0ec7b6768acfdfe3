// Whole sessions as recorded from Spark Thrift Server, replayed against the plugin.

#include "fake_hive.hpp"
#include "hive_connector.hpp"
#include "session_fixture.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>

#include <fstream>
#include <map>
#include <sstream>

using namespace hive::test;
using namespace std::chrono_literals;

namespace {

// Every reply of one recording, by its number.
std::map<int, std::string> recorded_replies(const std::string& version) {
    std::ifstream file{std::string{CISTERN_TEST_HIVE_GOLDEN} + "/" + version + ".txt"};
    std::map<int, std::string> replies;
    std::string line;
    while (std::getline(file, line)) {
        std::istringstream words{line};
        int number = 0;
        std::string method;
        std::string direction;
        std::string bytes;
        if (words >> number >> method >> direction >> bytes && direction == "reply") {
            replies[number] = unhex(bytes);
        }
    }
    return replies;
}

struct Replay {
    explicit Replay(const std::string& version, int open_session, std::size_t piece)
        : replies{recorded_replies(version)} {
        REQUIRE(replies.size() == 37);
        server->prepare(replies.at(open_session));
        auto script = io.will_connect();
        script->answers([fake = server](std::string_view call) { return fake->answer(call); });
        script->in_chunks_of(piece);
        hive::HiveConnector connector;
        connection = connector.connect(
            io,
            config({{"endpoint", "spark:10000"}, {"auth", "nosasl"}, {"user", "golden"}}),
            io.clock().deadline_after(5s));
    }

    hive::Session& session() { return dynamic_cast<hive::Session&>(*connection); }
    void next(int number) { server->prepare(replies.at(number)); }

    std::map<int, std::string> replies;
    cistern::test::ScriptedIo io;
    std::shared_ptr<FakeHive> server = std::make_shared<FakeHive>();
    std::unique_ptr<cistern::Connection> connection;
};

template <class Values>
const Values& values_of(const hive::Batch& batch, std::size_t column) {
    return std::get<Values>(batch.columns.at(column).values);
}

std::string text_of(const hive::Batch& batch, std::size_t column, std::size_t row) {
    return std::string{values_of<hive::Texts>(batch, column)[row]};
}

void check_first_row(const hive::Batch& batch) {
    CHECK(values_of<std::vector<std::uint8_t>>(batch, 0)[0] == 1);
    CHECK(values_of<std::vector<std::int8_t>>(batch, 1)[0] == 1);
    CHECK(values_of<std::vector<std::int16_t>>(batch, 2)[0] == 2);
    CHECK(values_of<std::vector<std::int32_t>>(batch, 3)[0] == 3);
    CHECK(values_of<std::vector<std::int64_t>>(batch, 4)[0] == 4);
    CHECK(values_of<std::vector<double>>(batch, 5)[0] == 0.5);
    CHECK(values_of<std::vector<double>>(batch, 6)[0] == 0.25);
    CHECK(text_of(batch, 7, 0) == "12.34");
    CHECK(text_of(batch, 8, 0) == "text");
    CHECK(text_of(batch, 10, 0) == "2024-02-29");
    CHECK(text_of(batch, 11, 0) == "2024-02-29 12:34:56.789");
    CHECK(text_of(batch, 12, 0) == "1-2");
    CHECK(text_of(batch, 13, 0) == "3 04:05:06.000000000");
}

void check_extremes_and_nulls(const hive::Batch& batch) {
    CHECK(values_of<std::vector<std::int8_t>>(batch, 1)[1] == -128);
    CHECK(values_of<std::vector<std::int16_t>>(batch, 2)[1] == -32768);
    CHECK(values_of<std::vector<std::int32_t>>(batch, 3)[1] ==
          std::numeric_limits<std::int32_t>::min());
    CHECK(values_of<std::vector<std::int64_t>>(batch, 4)[1] ==
          -std::numeric_limits<std::int64_t>::max());
    CHECK(std::isnan(values_of<std::vector<double>>(batch, 6)[1]));
    for (const auto& column : batch.columns) {
        CHECK_FALSE(column.is_null(0));
        CHECK_FALSE(column.is_null(1));
        CHECK(column.is_null(2));
    }
}

}  // namespace

TEST_CASE("what Spark sends for every type is read, columns and nulls", "[unit][hive]") {
    const std::string version = GENERATE("spark-4.3.0", "spark-3.5.9");
    const auto piece = GENERATE(1, 13, 4096);
    CAPTURE(version, piece);
    Replay replay{version, 1, static_cast<std::size_t>(piece)};
    CHECK(replay.session().protocol_version() == 10);
    replay.next(2);
    CHECK(replay.session().server_info().name == "Spark SQL");

    replay.next(6);
    const auto operation = replay.session().execute("select * from golden");
    replay.next(7);
    CHECK(operation->poll().state == hive::State::kFinished);
    CHECK(operation->has_result());
    replay.next(8);
    const auto& columns = operation->columns();
    REQUIRE(columns.size() == 17);
    CHECK(columns[0].name == "c_boolean");
    CHECK(columns[0].type == hive::Type::kBoolean);
    CHECK(columns[7].type == hive::Type::kDecimal);
    CHECK(columns[7].precision == 4);
    CHECK(columns[7].scale == 2);
    CHECK(columns[16].type == hive::Type::kStruct);

    replay.next(9);
    replay.next(10);
    hive::Batch batch;
    REQUIRE(operation->fetch(batch));
    REQUIRE(batch.rows == 3);
    REQUIRE(batch.columns.size() == 17);
    check_first_row(batch);
    const std::string_view blob = values_of<hive::Blobs>(batch, 9)[0];
    CHECK(blob == std::string_view("\x00\xff", 2));
    check_extremes_and_nulls(batch);
    CHECK_FALSE(operation->fetch(batch));
    CHECK(batch.rows == 0);

    replay.next(11);
    CHECK(operation->log().empty());
    replay.next(12);
    operation->close();
    CHECK_FALSE(replay.connection->is_broken());
}

TEST_CASE("null bitmaps of no byte and of two bytes are read from Spark", "[unit][hive]") {
    const std::string version = GENERATE("spark-4.3.0", "spark-3.5.9");
    Replay replay{version, 1, 5};
    replay.next(13);
    const auto operation =
        replay.session().execute("select id, if(id = 9, null, id) from range(0, 10, 1, 1)");
    replay.next(15);
    hive::Batch batch;
    REQUIRE(operation->fetch(batch));
    REQUIRE(batch.rows == 10);
    CHECK(batch.columns.at(0).nulls.empty());
    for (std::size_t row = 0; row < 10; ++row) {
        CHECK_FALSE(batch.columns.at(0).is_null(row));
        CHECK(batch.columns.at(1).is_null(row) == (row == 9));
    }
}

TEST_CASE("Spark's errors are told in one line, the stack trace in the details", "[unit][hive]") {
    const std::string version = GENERATE("spark-4.3.0", "spark-3.5.9");
    Replay replay{version, 1, 4096};
    std::unique_ptr<hive::Operation> operation;
    SECTION("when the statement fails while it runs") {
        replay.next(17);
        operation = replay.session().execute("selec 1");
        replay.next(18);
        try {
            operation->wait();
            FAIL("the statement did not fail");
        } catch (const hive::StatementError& error) {
            CHECK(std::string{error.what()}.starts_with(
                "[PARSE_SYNTAX_ERROR] Syntax error at or near 'selec'"));
            CHECK(std::string{error.what()}.find('\n') == std::string::npos);
            CHECK(error.sql_state() == "42601");
            CHECK(error.details().find("\tat org.apache.spark") != std::string::npos);
            CHECK_FALSE(error.breaks_connection());
        }
    }
    SECTION("when it is refused at once") {
        replay.next(22);
        try {
            static_cast<void>(replay.session().execute("selec 1"));
            FAIL("the statement did not fail");
        } catch (const hive::StatementError& error) {
            CHECK(std::string{error.what()}.starts_with(
                "[PARSE_SYNTAX_ERROR] Syntax error at or near 'selec'"));
            CHECK(error.details().find("ThriftServer") != std::string::npos);
        }
    }
    CHECK_FALSE(replay.connection->is_broken());
}

TEST_CASE("a handle that Spark does not know any more loses the connection", "[unit][hive]") {
    Replay replay{"spark-4.3.0", 1, 4096};
    replay.next(17);
    const auto operation = replay.session().execute("select 1");
    replay.next(21);
    try {
        operation->wait();
        FAIL("the handle was not lost");
    } catch (const hive::HandleLost& error) {
        CHECK(error.breaks_connection());
        CHECK(std::string{error.what()}.find("Invalid OperationHandle") != std::string::npos);
    }
}

TEST_CASE("Spark's metadata is fetched by the names of its columns", "[unit][hive]") {
    Replay replay{"spark-4.3.0", 1, 11};
    replay.next(23);
    const auto operation = replay.session().schemas();
    replay.next(24);
    REQUIRE(operation->columns().size() == 2);
    CHECK(operation->columns()[0].name == "TABLE_SCHEM");
    CHECK(operation->columns()[1].name == "TABLE_CATALOG");
    replay.next(25);
    hive::Batch batch;
    REQUIRE(operation->fetch(batch));
    CHECK(batch.rows > 0);
}

TEST_CASE("a session that agreed on version 5 gets rows, which become the same columns",
          "[unit][hive]") {
    const std::string version = GENERATE("spark-4.3.0", "spark-3.5.9");
    const auto piece = GENERATE(1, 4096);
    Replay replay{version, 29, static_cast<std::size_t>(piece)};
    CHECK(replay.session().protocol_version() == 5);
    replay.next(33);
    const auto operation = replay.session().execute("select * from golden");
    replay.next(34);
    operation->wait();
    replay.next(35);
    hive::Batch batch;
    REQUIRE(operation->fetch(batch));
    REQUIRE(batch.rows == 3);
    check_first_row(batch);
    check_extremes_and_nulls(batch);
}
