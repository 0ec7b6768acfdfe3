#include "sql/sql_type.hpp"

#include <catch2/catch.hpp>

#include <utility>
#include <vector>

using namespace sandbox;

TEST_CASE("a type is understood in any spelling and shown in Hive's", "[unit][hive_sandbox]") {
    const std::vector<std::pair<const char*, const char*>> table{
        {"INT", "int"},
        {"integer", "int"},
        {"Decimal( 10 , 2 )", "decimal(10,2)"},
        {"decimal", "decimal(10,0)"},
        {"decimal(5)", "decimal(5,0)"},
        {"numeric(4,1)", "decimal(4,1)"},
        {"VARCHAR (20)", "varchar(20)"},
        {"char(3)", "char(3)"},
        {"double  precision", "double"},
        {"timestamp with  local time zone", "timestamp with local time zone"},
        {"INTERVAL YEAR TO MONTH", "interval_year_month"},
        {"interval_day_time", "interval_day_time"},
        {"Map < String , Array<int> >", "map<string,array<int>>"},
        {"struct<a:int, b:string>", "struct<a:int,b:string>"},
        {"uniontype<int,string>", "uniontype<int,string>"},
        {"void", "void"},
    };
    for (const auto& [text, shown] : table) {
        CAPTURE(text);
        const auto type = parse_hive_type(text);
        REQUIRE(type);
        CHECK(to_string(*type) == shown);
    }
}

TEST_CASE("what is no Hive type is refused", "[unit][hive_sandbox]") {
    for (const char* text : {"",
                             "integr",
                             "varchar",
                             "char(0)",
                             "char(300)",
                             "decimal(39,2)",
                             "decimal(5,6)",
                             "decimal(x)",
                             "int(3)",
                             "array<int",
                             "array(int)"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_hive_type(text));
    }
}

TEST_CASE("every type survives being declared to SQLite", "[unit][hive_sandbox]") {
    for (const char* text : {"boolean",
                             "tinyint",
                             "smallint",
                             "int",
                             "bigint",
                             "float",
                             "double",
                             "decimal(38,18)",
                             "string",
                             "varchar(7)",
                             "char(3)",
                             "binary",
                             "date",
                             "timestamp",
                             "timestamp with local time zone",
                             "interval_year_month",
                             "interval_day_time",
                             "array<int>",
                             "map<string,int>",
                             "struct<a:int>"}) {
        CAPTURE(text);
        const auto type = parse_hive_type(text);
        REQUIRE(type);
        std::string declared = declaration_of(*type);
        // SQLite hands the words back without the quotes around them.
        if (declared.front() == '"') {
            declared = declared.substr(1, declared.size() - 2);
        }
        CHECK(type_of_declaration(declared) == type);
    }
}

TEST_CASE("columns of other people's files get the nearest type", "[unit][hive_sandbox]") {
    CHECK(type_of_declaration("INTEGER")->id == TypeId::kBigint);
    CHECK(type_of_declaration("UNSIGNED BIG INT")->id == TypeId::kBigint);
    CHECK(type_of_declaration("TEXT")->id == TypeId::kString);
    CHECK(type_of_declaration("NVARCHAR(100)")->id == TypeId::kString);
    CHECK(type_of_declaration("REAL")->id == TypeId::kDouble);
    CHECK(type_of_declaration("BLOB")->id == TypeId::kBinary);
    CHECK(type_of_declaration("DATETIME")->id == TypeId::kTimestamp);
    CHECK_FALSE(type_of_declaration(""));
    CHECK_FALSE(type_of_declaration("GEOMETRY"));
}
