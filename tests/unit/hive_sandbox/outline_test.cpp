#include "sandbox_fixture.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <string>

using namespace sandbox;

TEST_CASE("the types of a result are Hive's", "[unit][hive_sandbox]") {
    SandboxFixture sandbox;
    sandbox.run(
        {"create table t (a int, s string, d decimal(10,2), b boolean, f float, ts timestamp)",
         "create view v as select a, cast(a as smallint) as small, s || '!' as loud from t",
         "create view over as select small from v"});
    const std::map<std::string, std::string> table{
        {"select 1, 3000000000, 1.5, 'x', null, true", "int|bigint|double|string|void|boolean"},
        {"select cast(1 as tinyint), cast('1' as decimal(5,2)), cast(1 as varchar(3))",
         "tinyint|decimal(5,2)|varchar(3)"},
        {"select * from t", "int|string|decimal(10,2)|boolean|float|timestamp"},
        {"select t.*, 1 from t", "int|string|decimal(10,2)|boolean|float|timestamp|int"},
        {"select count(*), sum(a), sum(d), avg(a), max(ts) from t",
         "bigint|bigint|decimal(20,2)|double|timestamp"},
        {"select a + 1, a * 2.0, a / 2, -a, a = 1 from t", "int|double|double|int|boolean"},
        {"select a > 1 and b, not b, a in (1), a is null from t",
         "boolean|boolean|boolean|boolean"},
        {"select concat(s, 'x'), s || 'x', upper(s), length(s) from t", "string|string|string|int"},
        {"select coalesce(null, a), nvl(d, 0), if(b, ts, null) from t",
         "int|decimal(10,2)|timestamp"},
        {"select case when b then d else null end from t", "decimal(10,2)"},
        {"select x from (select cast(a as bigint) as x from t) q", "bigint"},
        {"select q.* from (select cast(a as bigint) as x, s from t) q", "bigint|string"},
        {"with q as (select cast(a as smallint) x from t) select x from q", "smallint"},
        {"with q(y) as (select cast(a as smallint) from t) select y from q", "smallint"},
        {"select cast(null as int) union all select 5", "int"},
        {"select null as x union all select date '2024-01-01'", "date"},
        {"select o.a, p.d from t o join t p on o.a = p.a left join t q on q.a = 1",
         "int|decimal(10,2)"},
        {"select small, loud from v", "smallint|string"},
        {"select small from over", "smallint"},
        {"select array(1), map('a', 1), struct(1)", "array|map|struct"},
        {"select row_number() over (order by a), sum(a) over (partition by s) from t",
         "int|bigint"},
        {"select current_date, current_timestamp", "date|timestamp"},
        {"select id from range(3)", "bigint"},
        {"values (1, 'a'), (2, null)", "int|string"},
        {"select (select max(d) from t)", "string"},
        {"select 'a' as \"b\", a from t", "string|int"},
        {"select distinct a from t where b group by a having count(*) > 1 order by a limit 1",
         "int"},
    };
    for (const auto& [sql, types] : table) {
        CAPTURE(sql);
        CHECK(sandbox.types(sql) == types);
    }
}

TEST_CASE("where the text says nothing, the values decide", "[unit][hive_sandbox]") {
    SandboxFixture sandbox;
    CHECK(sandbox.types("select hex('a'), random() * 0 + 1, zeroblob(2)") ==
          "string|bigint|binary");
}

TEST_CASE("columns without an alias are called as Hive calls them", "[unit][hive_sandbox]") {
    SandboxFixture sandbox;
    sandbox.run({"create table t (a int, s string)"});
    CHECK(sandbox.names("select 1, a, a + 1, count(*), t.s, a as x, a + 1 y from t") ==
          "_c0|a|_c2|_c3|s|x|y");
    CHECK(sandbox.names("select null, null as n") == "_c0|n");
    CHECK(sandbox.names("select * from t") == "a|s");
}
