// What every HiveServer2 does for a borrowed session: the sandbox, or the one that the environment
// names.

#include "hive_pools.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace cistern::test;

namespace {

constexpr auto* kDrop = "drop table if exists cistern_types";
constexpr auto* kCreate =
    "create table cistern_types (c_boolean boolean, c_tinyint tinyint, c_smallint smallint, c_int "
    "int, "
    "c_bigint bigint, c_float float, c_double double, c_decimal decimal(12,4), c_string string, "
    "c_varchar varchar(20), c_char char(5), c_binary binary, c_date date, c_timestamp timestamp)";
constexpr auto* kValues =
    "insert into cistern_types select true, cast(-128 as tinyint), cast(32767 as smallint), "
    "cast(-2147483648 as int), cast(9223372036854775807 as bigint), cast(0.5 as float), "
    "cast(0.25 as double), cast(12.34 as decimal(12,4)), 'a text', cast('vc' as varchar(20)), "
    "cast('ch' as char(5)), cast('bytes' as binary), cast('2024-02-29' as date), "
    "cast('2024-02-29 12:34:56.789' as timestamp)";
constexpr auto* kNulls =
    "insert into cistern_types select cast(null as boolean), cast(null as tinyint), "
    "cast(null as smallint), cast(null as int), cast(null as bigint), cast(null as float), "
    "cast(null as double), cast(null as decimal(12,4)), cast(null as string), "
    "cast(null as varchar(20)), cast(null as char(5)), cast(null as binary), cast(null as date), "
    "cast(null as timestamp)";

std::string text_at(const hive::Batch& batch, std::size_t column, std::size_t row) {
    return std::string{std::get<hive::Texts>(batch.columns.at(column).values)[row]};
}

template <class Number>
Number number_at(const hive::Batch& batch, std::size_t column, std::size_t row) {
    return std::get<std::vector<Number>>(batch.columns.at(column).values)[row];
}

void make_types(hive::Session& session) {
    for (const auto* sql : {kDrop, kCreate, kValues, kNulls}) {
        run(session, sql);
    }
}

}  // namespace

TEST_CASE("every primitive type arrives as itself, and so does NULL", "[integration][hive]") {
    const AnyHive hive;
    auto runtime = hive.runtime();
    const auto lease = warehouse(runtime).acquire();
    make_types(*lease);
    // Unordered, as Hive then needs no job: what is tested is how the rows arrive.
    const auto operation = lease->execute("select * from cistern_types");
    hive::Batch batch;
    if (!operation->fetch(batch)) {
        FAIL("no rows came of " << numbers(*lease, "select count(*) from cistern_types").at(0)
                                << " that the server counts");
    }
    REQUIRE(batch.rows == 2);
    REQUIRE(operation->columns().size() == 14);
    const std::size_t null_row = batch.columns[3].is_null(0) ? 0 : 1;
    const std::size_t row = 1 - null_row;
    for (const auto& column : batch.columns) {
        CHECK(column.is_null(null_row));
        CHECK_FALSE(column.is_null(row));
    }
    CHECK(number_at<std::uint8_t>(batch, 0, row) == 1);
    CHECK(number_at<std::int8_t>(batch, 1, row) == -128);
    CHECK(number_at<std::int16_t>(batch, 2, row) == 32767);
    CHECK(number_at<std::int32_t>(batch, 3, row) == std::numeric_limits<std::int32_t>::min());
    CHECK(number_at<std::int64_t>(batch, 4, row) == std::numeric_limits<std::int64_t>::max());
    CHECK(number_at<double>(batch, 5, row) == 0.5);
    CHECK(number_at<double>(batch, 6, row) == 0.25);
    CHECK_THAT(text_at(batch, 7, row), Catch::StartsWith("12.34"));
    CHECK(text_at(batch, 8, row) == "a text");
    CHECK(text_at(batch, 9, row) == "vc");
    CHECK_THAT(text_at(batch, 10, row), Catch::StartsWith("ch"));
    CHECK(std::get<hive::Blobs>(batch.columns[11].values)[row] == "bytes");
    CHECK(text_at(batch, 12, row) == "2024-02-29");
    CHECK(text_at(batch, 13, row) == "2024-02-29 12:34:56.789");

    const auto& columns = operation->columns();
    CHECK(columns[7].type == hive::Type::kDecimal);
    CHECK(columns[7].precision == 12);
    CHECK(columns[7].scale == 4);
    CHECK(columns[13].type == hive::Type::kTimestamp);
    CHECK_FALSE(operation->fetch(batch));
    run(*lease, kDrop);
}

TEST_CASE("a failing statement tells why in one line and leaves the session usable",
          "[integration][hive]") {
    const AnyHive hive;
    auto runtime = hive.runtime();
    const auto lease = warehouse(runtime).acquire();
    const auto fail = [&](const std::string& sql) {
        try {
            run(*lease, sql);
        } catch (const hive::StatementError& error) {
            CHECK_FALSE(error.breaks_connection());
            return std::string{error.what()};
        }
        return std::string{};
    };
    const auto no_table = fail("select * from cistern_no_such_table");
    CHECK_THAT(no_table, Catch::Contains("cistern_no_such_table"));
    CHECK(no_table.find('\n') == std::string::npos);
    CHECK_FALSE(fail("selec 1").empty());
    CHECK(numbers(*lease, "select 1") == std::vector<std::int64_t>{1});
}

TEST_CASE("metadata is found by name", "[integration][hive]") {
    const AnyHive hive;
    auto runtime = hive.runtime();
    const auto lease = warehouse(runtime).acquire();
    make_types(*lease);
    const auto schemas = texts(*lease->schemas(), "TABLE_SCHEM");
    CHECK(std::count(schemas.begin(), schemas.end(), "default") == 1);
    CHECK(texts(*lease->tables({.table = "cistern\\_types"}), "TABLE_NAME") ==
          std::vector<std::optional<std::string>>{"cistern_types"});
    const auto columns = texts(*lease->columns({.table = "cistern_types"}), "COLUMN_NAME");
    CHECK(columns.size() == 14);
    CHECK(columns.at(7) == "c_decimal");
    CHECK_FALSE(texts(*lease->table_types(), "TABLE_TYPE").empty());
    CHECK_FALSE(texts(*lease->type_info(), "TYPE_NAME").empty());
    CHECK_FALSE(texts(*lease->functions(), "FUNCTION_NAME").empty());
    hive::Batch batch;
    while (lease->catalogs()->fetch(batch)) {
    }
    CHECK_NOTHROW(lease->primary_keys({.schema = "default", .table = "cistern_types"})->columns());
    run(*lease, kDrop);
}

TEST_CASE("the server, its log and its name for a statement can be asked for",
          "[integration][hive]") {
    const AnyHive hive;
    auto runtime = hive.runtime();
    const auto lease = warehouse(runtime).acquire();
    CHECK_FALSE(lease->server_info().name.empty());
    CHECK_FALSE(lease->server_info().version.empty());
    CHECK(lease->protocol_version() >= 6);
    const auto operation = lease->execute("select 1");
    operation->wait();
    const auto log = operation->log();
    if (hive.is_sandbox()) {  // Spark keeps none
        CHECK_FALSE(log.empty());
    }
    CHECK_NOTHROW(operation->query_id());
}

TEST_CASE("a session is as its pool says, whatever its last user did to it",
          "[integration][hive]") {
    const AnyHive hive;
    auto runtime = hive.runtime({}, {{"max_size", "1"}});
    {
        const auto lease = warehouse(runtime).acquire();
        run(*lease, "create database if not exists cistern_other");
        run(*lease, "use cistern_other");
        run(*lease, "drop table if exists only_here");
        run(*lease, "create table only_here (i int)");
    }
    {
        const auto lease = warehouse(runtime).acquire();
        CHECK_THROWS_AS(run(*lease, "select * from only_here"), hive::StatementError);
        run(*lease, "drop table cistern_other.only_here");
    }
    CHECK(warehouse(runtime).stats().opened ==
          1);  // the session was opened anew, not the connection
}

TEST_CASE("a batch is as large as asked for, and all rows come", "[integration][hive]") {
    skip_on_foreign_hive("range() is not Hive's");
    const AnyHive hive;
    auto runtime = hive.runtime({{"fetch_size", "100"}});
    const auto lease = warehouse(runtime).acquire();
    const auto operation = lease->execute("select id from range(1050)");
    std::vector<std::size_t> sizes;
    std::vector<std::int64_t> found;
    for (hive::Batch batch; operation->fetch(batch);) {
        sizes.push_back(batch.rows);
        for (std::size_t row = 0; row < batch.rows; ++row) {
            found.push_back(number_at<std::int64_t>(batch, 0, row));
        }
    }
    std::vector<std::size_t> wanted_sizes(10, 100);
    wanted_sizes.push_back(50);
    CHECK(sizes == wanted_sizes);
    std::vector<std::int64_t> wanted(1050);
    std::iota(wanted.begin(), wanted.end(), 0);
    CHECK(found == wanted);
}

TEST_CASE("leaving a result in the middle costs the connection, unless it is closed",
          "[integration][hive]") {
    skip_on_foreign_hive("range() is not Hive's");
    const AnyHive hive;
    auto runtime = hive.runtime({{"fetch_size", "10"}}, {{"max_size", "1"}});
    auto& pool = warehouse(runtime);
    const bool closes = GENERATE(false, true);
    {
        const auto lease = pool.acquire();
        const auto operation = lease->execute("select id from range(100)");
        hive::Batch batch;
        REQUIRE(operation->fetch(batch));
        REQUIRE(operation->fetch(batch));  // and the third is under way
        if (closes) {
            operation->close();
        }
    }
    const auto lease = pool.acquire();
    CHECK(numbers(*lease, "select 1") == std::vector<std::int64_t>{1});
    CHECK(pool.stats().opened == (closes ? 1 : 2));
}
