#include "sql/statement.hpp"

#include "sql/script.hpp"
#include "sql/sql_error.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <variant>

using namespace sandbox;

namespace {

template <typename Kind>
Kind parsed(const char* sql) {
    CAPTURE(sql);
    const Statement statement = parse_statement(sql);
    REQUIRE(std::holds_alternative<Kind>(statement));
    return std::get<Kind>(statement);
}

}  // namespace

TEST_CASE("statements are told apart", "[unit][hive_sandbox]") {
    parsed<PlainSql>("select 1;");
    parsed<PlainSql>("-- comment\nwith a as (select 1) select * from a");
    parsed<PlainSql>("delete from t where a = 1");
    parsed<PlainSql>("drop table if exists t purge");
    parsed<ShowDatabases>("SHOW SCHEMAS");
    parsed<Nothing>("analyze table t compute statistics");
    CHECK(parsed<UseDatabase>("use Shop;").name == "shop");
    CHECK(parsed<ShowTables>("show tables in db like 'a*'").pattern == "a*");
    CHECK(parsed<ShowTables>("show tables 'a*'").database.empty());
    CHECK(parsed<Describe>("desc formatted db.t").table == TableName{"db", "t"});
    CHECK(parsed<DropDatabase>("drop schema if exists x cascade").cascade);
}

TEST_CASE("SET takes its value as it stands", "[unit][hive_sandbox]") {
    const auto set = parsed<SetVariable>("set hivevar:x = it's \"so\" ;");
    CHECK(set.name == "hivevar:x");
    CHECK(set.value == "it's \"so\"");
    CHECK(parsed<SetVariable>("SET -v").name.empty());
    CHECK_FALSE(parsed<SetVariable>("set a.b").value);
}

TEST_CASE("CREATE TABLE is understood with all that Hive puts around it", "[unit][hive_sandbox]") {
    const auto create = parsed<CreateTable>(
        "create external table if not exists shop.t (a int comment 'the a', `b c` "
        "map<string,array<int>>, "
        "d decimal(10,2) not null, primary key (a) disable novalidate) comment 'all' "
        "partitioned by (day date) row format delimited fields terminated by ',' stored as orc "
        "location 'x' tblproperties ('k'='v')");
    CHECK(create.if_not_exists);
    CHECK(create.table == TableName{"shop", "t"});
    CHECK(create.comment == "all");
    REQUIRE(create.columns.size() == 4);
    CHECK(create.columns[0].primary_key);
    CHECK(create.columns[0].comment == "the a");
    CHECK(create.columns[1].name == "b c");
    CHECK(to_string(create.columns[1].type) == "map<string,array<int>>");
    CHECK(create.columns[2].not_null);
    CHECK(create.columns[3].name == "day");
    CHECK(parsed<CreateTable>("create table a like b.c").like == TableName{"b", "c"});
    CHECK_FALSE(parsed<CreateTable>("create table a stored as orc as select 1 as x").query.empty());
}

TEST_CASE("types of several words are read whole", "[unit][hive_sandbox]") {
    const auto create = parsed<CreateTable>(
        "create table t (a interval year to month, b interval day to second comment 'x', "
        "c timestamp with local time zone, d double precision, e array<array<int>>)");
    REQUIRE(create.columns.size() == 5);
    CHECK(create.columns[0].type.id == TypeId::kIntervalYearMonth);
    CHECK(create.columns[1].type.id == TypeId::kIntervalDayTime);
    CHECK(create.columns[1].comment == "x");
    CHECK(create.columns[2].type.id == TypeId::kTimestampLocalTz);
    CHECK(create.columns[3].type.id == TypeId::kDouble);
    CHECK(create.columns[4].type.nested == "array<array<int>>");
}

TEST_CASE("INSERT is understood in Hive's forms", "[unit][hive_sandbox]") {
    CHECK(parsed<Insert>("insert overwrite table t select 1").overwrite);
    CHECK(parsed<Insert>("insert into t (a, b) values (1, 2)").columns.size() == 2);
    CHECK(parsed<Insert>("insert into t (select 1)").columns.empty());
    const auto partition =
        parsed<Insert>("insert into table t partition (day='2024-01-01', h) select 1, 2");
    REQUIRE(partition.fixed.size() == 1);
    CHECK(partition.fixed[0].first == "day");
}

TEST_CASE("what cannot be understood is a syntax error, what is not there says so",
          "[unit][hive_sandbox]") {
    for (const char* sql : {"",
                            ";",
                            "-- nothing",
                            "select 1; select 2",
                            "create table t",
                            "create table t (a x)",
                            "insert t values (1)",
                            "insert into t",
                            "use",
                            "describe",
                            "create table t (a int"}) {
        CAPTURE(sql);
        try {
            static_cast<void>(parse_statement(sql));
            FAIL("no error");
        } catch (const SqlError& e) {
            CHECK(e.state() == "42000");
            CHECK(e.code() == 40000);
        }
    }
    for (const char* sql :
         {"load data inpath 'x' into table t", "attach 'x' as y", "pragma x", "show locks"}) {
        CAPTURE(sql);
        CHECK_THROWS_WITH(parse_statement(sql), Catch::Contains("hive-sandbox is no Hive"));
    }
}

TEST_CASE("a script is split outside of quotes and comments", "[unit][hive_sandbox]") {
    const auto statements =
        split_script("-- a; b\nselect ';';\n\n/* ; */ select \"\\\";\"; ;\nselect 3");
    REQUIRE(statements.size() == 3);
    CHECK(statements[0].text == "-- a; b\nselect ';'");
    CHECK(statements[0].line == 1);
    CHECK(statements[1].line == 4);
    CHECK(statements[2].text == "select 3");
}

TEST_CASE("SHOW's patterns know * and |", "[unit][hive_sandbox]") {
    CHECK(matches_show_pattern("orders", ""));
    CHECK(matches_show_pattern("Orders", "ord*"));
    CHECK(matches_show_pattern("items", "ord*|it*"));
    CHECK_FALSE(matches_show_pattern("people", "ord*|it*"));
}
