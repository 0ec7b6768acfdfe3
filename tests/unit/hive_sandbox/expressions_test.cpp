#include "sql/expressions.hpp"

#include "sandbox_fixture.hpp"
#include "sql/sql_error.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <optional>
#include <string>

using namespace sandbox;

namespace {

std::string rewritten(const char* sql) {
    return to_sqlite(rewrite_expressions(tokenize(sql)));
}

}  // namespace

TEST_CASE("Hive's words become SQLite's", "[unit][hive_sandbox]") {
    CHECK(rewritten("select cast(a as INT)") == "select hive_cast(a, 'int')");
    CHECK(rewritten("select cast(cast(a as int) as decimal(5, 2))") ==
          "select hive_cast( hive_cast(a, 'int'), 'decimal(5,2)')");
    CHECK(rewritten("a rlike 'x'") == "a regexp 'x'");
    CHECK(rewritten("a <=> b") == "a is b");
    CHECK(rewritten("a div b") == "a / b");
    CHECK(rewritten("date '2024-02-29'") == "hive_cast('2024-02-29', 'date')");
}

TEST_CASE("what Hive writes gives what Hive answers", "[unit][hive_sandbox]") {
    SandboxFixture sandbox;
    const std::map<std::string, std::string> table{
        {"select 1/2", "0.5"},
        {"select 7 div 2", "3"},
        {"select 7 % 4", "3"},
        {"select 1 == 1", "1"},
        {"select null <=> null", "1"},
        {"select 'abc' rlike '^a.c$'", "1"},
        {"select 'abc' regexp 'x'", "0"},
        {"select 'Abc' like 'a%'", "0"},
        {"select '10%' like '10\\%'", "1"},
        {"select concat('a', 1, 'b')", "a1b"},
        {"select concat('a', null)", "NULL"},
        {"select concat_ws('-', 'a', null, 'b')", "a-b"},
        {"select if(1 > 2, 'y', 'n')", "n"},
        {"select nvl(null, 'z')", "z"},
        {"select greatest(1, 3, 2), least(1, 3, 2)", "3|1"},
        {"select cast('x' as int)", "NULL"},
        {"select 10L, 5Y, 1.5BD", "10|5|1.500000000000000000"},
        {"select date '2024-02-29', timestamp '2024-02-29 01:02:03'",
         "2024-02-29|2024-02-29 01:02:03"},
        {"select interval '1-2' year to month, interval '3' day", "1-2|3 00:00:00.000000000"},
        {"select array(1, 'a', null)", "[1,\"a\",null]"},
        {"select map('k', 1), named_struct('a', 1), struct(1, 'x')",
         R"({"k":1}|{"a":1}|{"col1":1,"col2":"x"})"},
        {"select map(1, array('a'))", R"({1:["a"]})"},
        {"select create_union(0, 1, 'x')", "{0:1}"},
        {"select year('2024-02-29'), month('2024-02-29'), day('2024-02-29')", "2024|2|29"},
        {"select date_add('2024-02-28', 2), datediff('2024-03-01', '2024-02-28')", "2024-03-01|2"},
        {"select from_unixtime(0), unix_timestamp('1970-01-02')", "1970-01-01 00:00:00|86400"},
        {"select regexp_replace('a1b2', '[0-9]', '#')", "a#b#"},
        {"select regexp_extract('key=val', '(.*)=(.*)', 2)", "val"},
        {"select lpad('7', 3, '0'), rpad('7', 3, '0'), reverse('abc')", "007|700|cba"},
        {"select current_database(), current_user()", "default|tester"},
        {"select length(current_date()), length(current_timestamp)", "10|19"},
        {"select \"text\"", "text"},
        {"select count(*) from range(2, 10, 3)", "3"},
        {"select sum(id) from range(5) where id in (1, 3)", "4"},
        {"select case when 1 = 2 then 'a' else 'b' end", "b"},
    };
    for (const auto& [sql, result] : table) {
        CAPTURE(sql);
        CHECK(sandbox.row(sql) == result);
    }
}

TEST_CASE("names that are keywords to SQLite alone are taken as names", "[unit][hive_sandbox]") {
    SandboxFixture sandbox;
    CHECK(sandbox.row("select 1 as nothing, q.index from (select 2 as index) q") == "1|2");
    CHECK(sandbox.row("with q as (select 3 as x) select x from q") == "3");
}

TEST_CASE("a cast to a type that is none is a syntax error", "[unit][hive_sandbox]") {
    CHECK_THROWS_AS(rewritten("select cast(1 as integr)"), SqlError);
    CHECK_THROWS_AS(rewritten("select cast(1)"), SqlError);
}

TEST_CASE("variables are put into the text, unknown ones stay", "[unit][hive_sandbox]") {
    const auto find = [](const std::string& name) -> std::optional<std::string> {
        return name == "x" ? std::optional<std::string>{"1"} : std::nullopt;
    };
    CHECK(substitute("a ${x} b ${y} ${x", find) == "a 1 b ${y} ${x");
}
