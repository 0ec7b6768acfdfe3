#include "status_check.hpp"

#include <catch2/catch.hpp>

TEST_CASE("a server's error is told in the one line that helps", "[unit][hive]") {
    const auto row = GENERATE(table<std::string, std::string>({
        {"Table not found", "Table not found"},
        {"", ""},
        {"\n\n  \n", ""},
        {"\n  second line \nthird", "second line"},
        {"org.apache.hive.service.cli.HiveSQLException: Table not found\n\tat a.b",
         "Table not found"},
        {"java.lang.RuntimeException: a.b.SomeError: deep down", "deep down"},
        {"Error running query: [X] org.apache.spark.sql.catalyst.parser.ParseException: \n[X] "
         "Syntax error",
         "[X] Syntax error"},
        {"*org.apache.hive.service.cli.HiveSQLException:Expected state FINISHED",
         "Expected state FINISHED"},
        {"FAILED: SemanticException [Error 10001]: Line 1:14 Table not found 't'",
         "FAILED: SemanticException [Error 10001]: Line 1:14 Table not found 't'"},
        {"Execution Error, return code 2 from org.apache.hadoop.hive.ql.exec.tez.TezTask. Vertex "
         "failed: x",
         "Execution Error, return code 2 from org.apache.hadoop.hive.ql.exec.tez.TezTask. Vertex "
         "failed: x"},
    }));
    CHECK(hive::headline(std::get<0>(row)) == std::get<1>(row));
}
