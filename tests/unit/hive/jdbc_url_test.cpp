#include "jdbc_url.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>

using hive::parse_jdbc_url;
using Pairs = std::map<std::string, std::string>;

TEST_CASE("a JDBC URL is read as Hive's driver reads it", "[unit][hive]") {
    struct Row {
        const char* url;
        std::vector<cistern::Endpoint> hosts;
        const char* database;
        Pairs session;
        Pairs conf;
        Pairs variables;
    };
    const std::vector<Row> rows{
        {"jdbc:hive2://h:10000/db", {{"h", "10000"}}, "db", {}, {}, {}},
        {"jdbc:hive2://h", {{"h", "10000"}}, "", {}, {}, {}},
        {"jdbc:hive2://h/", {{"h", "10000"}}, "", {}, {}, {}},
        {"jdbc:hive2://h:1;user=a", {{"h", "1"}}, "", {{"user", "a"}}, {}, {}},
        {"jdbc:hive2://h:1/;user=a;", {{"h", "1"}}, "", {{"user", "a"}}, {}, {}},
        {"jdbc:hive2://a:1,b,[::1]:3,[::2]/d",
         {{"a", "1"}, {"b", "10000"}, {"::1", "3"}, {"::2", "10000"}},
         "d",
         {},
         {},
         {}},
        {"jdbc:hive2://h:1/d;user=a;password=p%3Bq%25?x.y=1;z=a%20b#v=2;w=3",
         {{"h", "1"}},
         "d",
         {{"user", "a"}, {"password", "p;q%"}},
         {{"x.y", "1"}, {"z", "a b"}},
         {{"v", "2"}, {"w", "3"}}},
        {"jdbc:hive2://h:1/d?x=1", {{"h", "1"}}, "d", {}, {{"x", "1"}}, {}},
        {"jdbc:hive2://h:1/d#v=1", {{"h", "1"}}, "d", {}, {}, {{"v", "1"}}},
        {"jdbc:hive2://h:1/;password=a+b=c", {{"h", "1"}}, "", {{"password", "a+b=c"}}, {}, {}},
        {"jdbc:hive2://h:1/;password=", {{"h", "1"}}, "", {{"password", ""}}, {}, {}},
        {"jdbc:hive2://h:1/my%5Fdb", {{"h", "1"}}, "my_db", {}, {}, {}},
    };
    for (const auto& row : rows) {
        CAPTURE(row.url);
        const auto url = parse_jdbc_url(row.url);
        CHECK(url.hosts == row.hosts);
        CHECK(url.database == row.database);
        CHECK(url.session == row.session);
        CHECK(url.conf == row.conf);
        CHECK(url.variables == row.variables);
    }
}

TEST_CASE("a JDBC URL that cannot be used is refused with what is wrong", "[unit][hive]") {
    const auto row = GENERATE(table<std::string, std::string>({
        {"", "does not begin with jdbc:hive2://"},
        {"hive2://h:1/d", "does not begin with jdbc:hive2://"},
        {"jdbc:mysql://h:1/d", "does not begin with jdbc:hive2://"},
        {"jdbc:hive2://", "names no host"},
        {"jdbc:hive2:///d", "names no host"},
        {"jdbc:hive2://h:1,/d", "host (number 2)"},
        {"jdbc:hive2://h:x/d", "port from 1 to 65535"},
        {"jdbc:hive2://ann@h:1/d", "use ;user=...;password=..."},
        {"jdbc:hive2://h:1/d;user=a;user=b", "gives user twice"},
        {"jdbc:hive2://h:1/d;user", "not key=value"},
        {"jdbc:hive2://h:1/d;=a", "not key=value"},
        {"jdbc:hive2://h:1/d?x=1;x=2", "gives x twice in its hiveconf part"},
        {"jdbc:hive2://h:1/d;user=%4", "%25"},
        {"jdbc:hive2://h:1/d;user=%zz", "%25"},
    }));
    CAPTURE(std::get<0>(row));
    CHECK_THROWS_AS(parse_jdbc_url(std::get<0>(row)), cistern::ConfigError);
    CHECK_THROWS_WITH(parse_jdbc_url(std::get<0>(row)), Catch::Contains(std::get<1>(row)));
}

TEST_CASE("an error about a JDBC URL does not repeat its password", "[unit][hive]") {
    for (const auto* url : {"jdbc:hive2://bob:hush@h:1/d",
                            "jdbc:hive2://bob:hush@h:1,i:2/d",
                            "jdbc:hive2://bob:hu/hush@h:1/d",
                            "jdbc:hive2://bob:1/hush@h:1/d",
                            "jdbc:hive2://bob:hush;x@h:1/d",
                            "jdbc:hive2://bob:hush?x@h:1/d",
                            "jdbc:hive2://h:1,hush:x/d"}) {
        CAPTURE(url);
        CHECK_THROWS_AS(parse_jdbc_url(url), cistern::ConfigError);
        CHECK_THROWS_WITH(parse_jdbc_url(url), !Catch::Contains("hush"));
    }
    CHECK_THROWS_WITH(parse_jdbc_url("jdbc:hive2://h:1/d;password=hush;password=hush"),
                      !Catch::Contains("hush"));
    CHECK_THROWS_WITH(parse_jdbc_url("jdbc:hive2://h:1/d;password=hush;broken"),
                      !Catch::Contains("hush"));
    CHECK_THROWS_WITH(parse_jdbc_url("jdbc:hive2://h:1/d;password=hu%sh"),
                      !Catch::Contains("hu%sh"));
}
