#include "sql/csv.hpp"

#include "sandbox_fixture.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

using namespace sandbox;
using Strings = std::vector<std::string>;

namespace {

std::string write(const ScratchFolder& folder, const std::string& text) {
    const std::string path = (folder.path() / "t.csv").string();
    std::ofstream{path} << text;
    return path;
}

}  // namespace

TEST_CASE("a CSV record is read with its quotes, line ends and empty fields",
          "[unit][hive_sandbox]") {
    std::istringstream in{"a,\"b \"\"x\"\",\n y\",,\"\"\r\nlast"};
    CsvReader reader{in, ','};
    std::vector<std::optional<std::string>> record;
    REQUIRE(reader.next(record));
    REQUIRE(record.size() == 4);
    CHECK(record[0] == "a");
    CHECK(record[1] == "b \"x\",\n y");
    CHECK_FALSE(record[2]);
    CHECK(record[3] == "");
    REQUIRE(reader.next(record));
    CHECK(reader.line() == 3);
    CHECK(record.size() == 1);
    CHECK_FALSE(reader.next(record));
}

TEST_CASE("a quote that is never closed is told with its line", "[unit][hive_sandbox]") {
    std::istringstream in{"a\n\"b\nc"};
    CsvReader reader{in, ','};
    std::vector<std::optional<std::string>> record;
    REQUIRE(reader.next(record));
    CHECK_THROWS_WITH(reader.next(record), Catch::Contains("line 2"));
}

TEST_CASE("column types are inferred from all values, or given in the header",
          "[unit][hive_sandbox]") {
    const ScratchFolder folder;
    SandboxFixture sandbox;
    const std::string path = write(folder,
                                   "n,x,day,at,flag,code,name,price:decimal(10,2),none\n"
                                   "1,1.5,2024-02-29,2024-02-29 10:00:00,true,007,abc,2.5,\n"
                                   "-2,3,2024-03-01,2024-03-01 11:00:00,false,12,,3,\n");
    CHECK(load_csv(sandbox.catalog, "Shop.t", path) == 2);
    CHECK(sandbox.rows("describe shop.t") == Strings{"n|bigint|",
                                                     "x|double|",
                                                     "day|date|",
                                                     "at|timestamp|",
                                                     "flag|boolean|",
                                                     "code|string|",
                                                     "name|string|",
                                                     "price|decimal(10,2)|",
                                                     "none|string|"});
    CHECK(sandbox.rows("select * from shop.t") ==
          Strings{"1|1.5|2024-02-29|2024-02-29 10:00:00|1|007|abc|2.50|NULL",
                  "-2|3.0|2024-03-01|2024-03-01 11:00:00|0|12|NULL|3.00|NULL"});
}

TEST_CASE("a bad CSV file is told with its place", "[unit][hive_sandbox]") {
    const ScratchFolder folder;
    Catalog catalog{""};
    CHECK_THROWS_WITH(load_csv(catalog, "t", "/does/not/exist.csv"),
                      Catch::Contains("/does/not/exist.csv"));
    CHECK_THROWS_WITH(load_csv(catalog, "t", write(folder, "a,b\n1,2\n3\n")),
                      Catch::Contains(":3: 1 fields"));
    CHECK_THROWS_WITH(load_csv(catalog, "t", write(folder, "a:integr\n1\n")),
                      Catch::Contains("a:integr"));
    CHECK_THROWS_WITH(load_csv(catalog, "t", write(folder, "")), Catch::Contains("empty"));
}
