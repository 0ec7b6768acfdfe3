#include "sandbox_fixture.hpp"
#include "sql/sql_error.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace sandbox;
using Strings = std::vector<std::string>;

TEST_CASE("what is inserted takes the form of its column", "[unit][hive_sandbox]") {
    SandboxFixture sandbox;
    sandbox.run(
        {"create table t (ti tinyint, d decimal(5,2), c char(3), dt date, s string, b binary, bo "
         "boolean)",
         "insert into t values ('7', 1.005, 'abcdef', '2024-02-29 10:00:00', 007, 'x', 'yes')",
         "insert into t (s, ti) select 'only', 200"});
    CHECK(sandbox.rows("select * from t") ==
          Strings{"7|1.01|abc|2024-02-29|7|x|1", "-56|NULL|NULL|NULL|only|NULL|NULL"});
    CHECK(sandbox.row("select count(*) from t where d > 1 and d < 2") == "1");
}

TEST_CASE("text stays text, whatever it looks like", "[unit][hive_sandbox]") {
    SandboxFixture sandbox;
    sandbox.run({"create table t (s string)", "insert into t values ('007'), ('1e5')"});
    CHECK(sandbox.rows("select s from t") == Strings{"007", "1e5"});
}

TEST_CASE("databases keep their tables apart", "[unit][hive_sandbox]") {
    SandboxFixture sandbox;
    sandbox.run({"create database Shop",
                 "create table shop.t (a int)",
                 "insert into shop.t values (1)",
                 "create table t (a int)",
                 "insert into t values (2)"});
    CHECK(sandbox.row("select a from t") == "2");
    CHECK(sandbox.row("select a from shop.t") == "1");
    sandbox.run({"use shop"});
    CHECK(sandbox.row("select a from t") == "1");
    CHECK(sandbox.row("select a from default.t") == "2");
    CHECK(sandbox.row("select x.a, y.a from t x, default.t y") == "1|2");
    sandbox.run({"create table only_here (a int)",
                 "insert into shop.t select a + 10 from default.t",
                 "use default"});
    CHECK_THROWS_WITH(sandbox.row("select * from only_here"), Catch::Contains("only_here"));
    CHECK(sandbox.rows("show databases") == Strings{"default", "shop"});
    CHECK(sandbox.rows("show tables in shop") == Strings{"only_here", "t"});
    CHECK_THROWS_WITH(sandbox.start("drop database shop"), Catch::Contains("not empty"));
    sandbox.run({"drop database shop cascade"});
    CHECK_THROWS_AS(sandbox.start("use shop"), SqlError);
}

TEST_CASE("CREATE TABLE AS takes the names and types of its query", "[unit][hive_sandbox]") {
    SandboxFixture sandbox;
    sandbox.run(
        {"create table t as select cast(id as smallint) as n, id / 2 as half, 'x' || id, null as "
         "nothing "
         "from range(2)"});
    CHECK(sandbox.rows("describe t") ==
          Strings{"n|smallint|", "half|double|", "_c2|string|", "nothing|string|"});
    CHECK(sandbox.rows("select * from t") == Strings{"0|0.0|x0|NULL", "1|0.5|x1|NULL"});
}

TEST_CASE("INSERT OVERWRITE, TRUNCATE and partitions work on plain tables",
          "[unit][hive_sandbox]") {
    SandboxFixture sandbox;
    sandbox.run({"create table t (a int) partitioned by (day date)",
                 "insert into t partition (day='2024-01-01') values (1), (2)",
                 "insert overwrite table t partition (day='2024-01-02') select 3"});
    CHECK(sandbox.rows("select a, day from t") == Strings{"3|2024-01-02"});
    sandbox.run({"truncate table t"});
    CHECK(sandbox.row("select count(*) from t") == "0");
    CHECK(sandbox.start("insert into t values (1, null), (2, null)")->affected() == 2);
}

TEST_CASE("comments and keys are remembered", "[unit][hive_sandbox]") {
    SandboxFixture sandbox;
    sandbox.run(
        {"create table t (a int comment 'it''s a', b string, primary key (a)) comment 'whole'",
         "alter table t add columns (c decimal(4,1))"});
    CHECK(sandbox.rows("describe t") == Strings{"a|int|it's a", "b|string|", "c|decimal(4,1)|"});
    const auto table = sandbox.catalog.table("default", "T");
    REQUIRE(table);
    CHECK(table->comment == "whole");
    CHECK(table->columns[0].key_position == 1);
    CHECK(sandbox.rows("show tables") == Strings{"t"});
}

TEST_CASE("errors say what Hive says, with its codes", "[unit][hive_sandbox]") {
    SandboxFixture sandbox;
    struct Case {
        const char* sql;
        const char* state;
        int code;
        const char* text;
    };
    const std::vector<Case> table{
        {"select * from nope", "42S02", 10001, "Table not found 'nope'"},
        {"insert into nope values (1)", "42S02", 10001, "nope"},
        {"describe db.nope", "42000", 10072, "db"},
        {"selec 1", "42000", 40000, "ParseException"},
        {"select nope", "42000", 10004, "nope"},
        {"select nope(1)", "42000", 10011, "nope"},
        {"use nope", "42000", 10072, "Database does not exist: nope"},
        {"select raise_error('on purpose')", "HY000", 1, "on purpose"},
    };
    for (const Case& c : table) {
        CAPTURE(c.sql);
        try {
            sandbox.start(c.sql);
            FAIL("no error");
        } catch (const SqlError& e) {
            CHECK(e.state() == c.state);
            CHECK(e.code() == c.code);
            CHECK_THAT(e.what(), Catch::Contains(c.text));
        }
    }
}

TEST_CASE("the end of a result stays its end, and the first row can be had again",
          "[unit][hive_sandbox]") {
    SandboxFixture sandbox;
    const auto rows = GENERATE(10, 1000, 1001, 3000);
    CAPTURE(rows);
    const auto execution = sandbox.start("select id from range(" + std::to_string(rows) + ")");
    const auto count = [&execution] {
        Row row;
        int n = 0;
        while (n < 10000 && execution->next(row)) {
            CHECK(row[0] == Cell{std::int64_t{n}});
            ++n;
        }
        return n;
    };
    CHECK(count() == rows);
    Row row;
    CHECK_FALSE(execution->next(row));
    CHECK_FALSE(execution->next(row));
    execution->rewind();
    CHECK(count() == rows);
}

TEST_CASE("a result that is being read keeps no writer waiting", "[unit][hive_sandbox]") {
    SandboxFixture sandbox;
    sandbox.run({"create table t as select id from range(5000)"});
    const auto reading = sandbox.start("select id from t");
    Row row;
    REQUIRE(reading->next(row));
    sandbox.run({"insert into t values (5000)", "drop table t"});
    int rest = 0;
    while (reading->next(row)) {
        ++rest;
    }
    CHECK(rest == 4999);
}

TEST_CASE("a statement that was stopped ends", "[unit][hive_sandbox]") {
    SandboxFixture sandbox;
    sandbox.control.cancel();
    CHECK_THROWS_AS(sandbox.start("select count(*) from range(1000000000000)"), SqlError);
    CHECK_THROWS_AS(sandbox.start("select sandbox_sleep(3600000), count(*) from range(10000000)"),
                    SqlError);
}

TEST_CASE("settings and variables belong to the session", "[unit][hive_sandbox]") {
    SandboxFixture sandbox;
    sandbox.run({"set hivevar:n=3", "set a.b=c", "set sandbox.fault=none"});
    CHECK(sandbox.row("select count(*) from range(${n})") == "3");
    CHECK(sandbox.row("select '${hivevar:n}${hiveconf:a.b}${other}'") == "3c${other}");
    CHECK(sandbox.row("set a.b") == "a.b=c");
    CHECK(sandbox.row("set x.y") == "x.y is undefined");
    CHECK(sandbox.rows("set").size() == 3);
    CHECK(sandbox.hooks == Strings{"sandbox.fault=none"});
}

TEST_CASE("a database file keeps what it is given", "[unit][hive_sandbox]") {
    const ScratchFolder folder;
    const std::string file = (folder.path() / "kept.db").string();
    {
        Catalog catalog{file};
        Connection connection{file};
        connection.execute("CREATE TABLE t (a INTEGER, b VARCHAR(3), c DATETIME)");
    }
    const Catalog again{file};
    const auto table = again.table("default", "t");
    REQUIRE(table);
    CHECK(table->columns[0].type == SqlType{TypeId::kBigint});
    CHECK(table->columns[1].type == SqlType{TypeId::kVarchar, 3});
    CHECK(table->columns[2].type == SqlType{TypeId::kTimestamp});
}
