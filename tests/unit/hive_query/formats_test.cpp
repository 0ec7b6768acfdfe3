#include "capture.hpp"
#include "every_type.hpp"
#include "formats/row_writer.hpp"
#include "result.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace hive_query;
using hive::Type;

namespace {

std::string written(const Result& result, const FormatOptions& options) {
    const Capture capture;
    Output output{capture.descriptor()};
    const auto writer = make_row_writer(output, options, result.columns);
    writer->begin();
    if (result.batch.rows != 0) {
        writer->rows(result.batch);
    }
    writer->end();
    return capture.text();
}

std::string written(const Result& result, Format format) {
    return written(result, FormatOptions{.format = format});
}

Result small() {
    Result r;
    r.numbers<std::int32_t>("id", Type::kInt, {1, {}, 300});
    r.texts("name", Type::kString, {"Ada", {}, "Grace"});
    return r;
}

}  // namespace

TEST_CASE("a table lines up its columns, numbers flush right", "[unit][hive_query]") {
    CHECK(written(small(), Format::kTable) ==
          "+------+-------+\n"
          "| id   | name  |\n"
          "+------+-------+\n"
          "|    1 | Ada   |\n"
          "| NULL | NULL  |\n"
          "|  300 | Grace |\n"
          "+------+-------+\n");
}

TEST_CASE("a table without rows still shows its columns", "[unit][hive_query]") {
    Result r;
    r.texts("name", Type::kString, {});
    CHECK(written(r, Format::kTable) ==
          "+------+\n"
          "| name |\n"
          "+------+\n"
          "+------+\n");
}

TEST_CASE("a table without its header keeps its lines", "[unit][hive_query]") {
    CHECK(written(small(), FormatOptions{.show_header = false, .null_as_empty = true}) ==
          "+-----+-------+\n"
          "|   1 | Ada   |\n"
          "|     |       |\n"
          "| 300 | Grace |\n"
          "+-----+-------+\n");
}

TEST_CASE("a table counts columns of the terminal, not bytes", "[unit][hive_query]") {
    Result r;
    r.texts(
        "t", Type::kString, {"\xE6\xBC\xA2\xE5\xAD\x97", "e\xCC\x81t\xC3\xA9", "\xF0\x9F\x90\x9D"});
    CHECK(written(r, Format::kTable) ==
          "+------+\n"
          "| t    |\n"
          "+------+\n"
          "| \xE6\xBC\xA2\xE5\xAD\x97 |\n"
          "| e\xCC\x81t\xC3\xA9  |\n"
          "| \xF0\x9F\x90\x9D   |\n"
          "+------+\n");
}

TEST_CASE("a cell cannot send commands to the terminal or break its line", "[unit][hive_query]") {
    Result r;
    r.texts("t\x1b[2J",
            Type::kString,
            {"a\nb\tc",
             "\x1b[31mred",
             "\xC2\x9B"
             "31m",
             "\xE2\x80\xAE"
             "x",
             "\xFF"});
    const std::string table = written(r, Format::kTable);
    CHECK(table ==
          "+-------------+\n"
          "| t\\x1b[2J    |\n"
          "+-------------+\n"
          "| a\\nb\\tc     |\n"
          "| \\x1b[31mred |\n"
          "| \\u009b31m   |\n"
          "| \\u202ex     |\n"
          "| \\xff        |\n"
          "+-------------+\n");
    CHECK(written(r, Format::kVertical).find('\x1b') == std::string::npos);
}

TEST_CASE("a wide cell that comes after the widths were decided is shown in full",
          "[unit][hive_query]") {
    const Capture capture;
    Output output{capture.descriptor()};
    Result first;
    first.texts("t", Type::kString, {"x"});
    const auto writer = make_row_writer(output, {}, first.columns);
    writer->begin();
    for (int i = 0; i < 1000; ++i) {
        writer->rows(first.batch);
    }
    output.flush();
    CHECK(capture.text().rfind("+---+\n| t |\n+---+\n| x |\n", 0) == 0);
    Result second;
    second.texts("t", Type::kString, {"much wider"});
    writer->rows(second.batch);
    writer->end();
    const std::string tail = "| x |\n| much wider |\n+---+\n";
    const std::string text = capture.text();
    CHECK(text.substr(text.size() - tail.size()) == tail);
}

TEST_CASE("csv quotes only what would be misread", "[unit][hive_query]") {
    Result r;
    r.texts("plain", Type::kString, {"a", "NULL", {}, "", " spaced "});
    r.texts("with,comma", Type::kString, {"a,b", "say \"hi\"", "two\nlines", "\r", "-"});
    CHECK(written(r, Format::kCsv) ==
          "plain,\"with,comma\"\n"
          "a,\"a,b\"\n"
          "\"NULL\",\"say \"\"hi\"\"\"\n"
          "NULL,\"two\nlines\"\n"
          ",\"\r\"\n"
          " spaced ,-\n");
    CHECK(written(
              r,
              FormatOptions{.format = Format::kCsv, .show_header = false, .null_as_empty = true}) ==
          "a,\"a,b\"\n"
          "NULL,\"say \"\"hi\"\"\"\n"
          ",\"two\nlines\"\n"
          "\"\",\"\r\"\n"
          " spaced ,-\n");
}

TEST_CASE("csv never writes an empty line for a row", "[unit][hive_query]") {
    Result r;
    r.texts("t", Type::kString, {"", {}});
    CHECK(written(r, Format::kCsv) == "t\n\"\"\nNULL\n");
    CHECK(written(r, FormatOptions{.format = Format::kCsv, .null_as_empty = true}) ==
          "t\n\"\"\n\"\"\n");
}

TEST_CASE("tsv keeps each row on one line", "[unit][hive_query]") {
    Result r;
    r.texts("a\tb", Type::kString, {"x\ty", "two\nlines\r", "back\\slash", {}});
    r.numbers<std::int32_t>("n", Type::kInt, {1, 2, 3, {}});
    CHECK(written(r, Format::kTsv) ==
          "a\\tb\tn\n"
          "x\\ty\t1\n"
          "two\\nlines\\r\t2\n"
          "back\\\\slash\t3\n"
          "NULL\tNULL\n");
}

TEST_CASE("json is one array of objects", "[unit][hive_query]") {
    CHECK(written(small(), Format::kJson) ==
          "[\n"
          "{\"id\":1,\"name\":\"Ada\"},\n"
          "{\"id\":null,\"name\":null},\n"
          "{\"id\":300,\"name\":\"Grace\"}\n"
          "]\n");
    Result none;
    none.texts("t", Type::kString, {});
    CHECK(written(none, Format::kJson) == "[]\n");
}

TEST_CASE("jsonl is one object per line", "[unit][hive_query]") {
    CHECK(written(small(), Format::kJsonLines) ==
          "{\"id\":1,\"name\":\"Ada\"}\n"
          "{\"id\":null,\"name\":null}\n"
          "{\"id\":300,\"name\":\"Grace\"}\n");
}

TEST_CASE("json strings are valid whatever the server sent", "[unit][hive_query]") {
    Result r;
    r.texts("q\"", Type::kString, {"\"\\\b\f\n\r\t\x01", "bad \xC3( \xED\xA0\x80", "\xC3\xA9\x7f"});
    CHECK(written(r, Format::kJsonLines) ==
          "{\"q\\\"\":\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\"}\n"
          "{\"q\\\"\":\"bad \xEF\xBF\xBD( \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"}\n"
          "{\"q\\\"\":\"\xC3\xA9\x7f\"}\n");
}

TEST_CASE("json gives columns of the same name different keys", "[unit][hive_query]") {
    Result r;
    r.numbers<std::int32_t>("n", Type::kInt, {1});
    r.numbers<std::int32_t>("n", Type::kInt, {2});
    r.numbers<std::int32_t>("n_2", Type::kInt, {3});
    CHECK(written(r, Format::kJsonLines) == "{\"n\":1,\"n_2\":2,\"n_2_2\":3}\n");
}

TEST_CASE("vertical shows one value per line", "[unit][hive_query]") {
    CHECK(written(small(), Format::kVertical) ==
          "-[ row 1 ]-\n"
          "id    1\n"
          "name  Ada\n"
          "-[ row 2 ]-\n"
          "id    NULL\n"
          "name  NULL\n"
          "-[ row 3 ]-\n"
          "id    300\n"
          "name  Grace\n");
}

TEST_CASE("every type has its text in csv", "[unit][hive_query]") {
    CHECK(
        written(every_type(), Format::kCsv) ==
        "b,ti,si,i,bi,f,d,s,ts,bin,a,m,st,un,dec,nul,dt,vc,c,ym,ds,tz\n"
        "true,1,2,3,4,0.1,0.1,text,2024-02-29 12:34:56.789,01ff,\"[1,2]\",\"{1:\"\"a\"\"}\","
        "\"{\"\"x\"\":1}\",{0:1},12.50,NULL,2024-02-29,v,c  ,1-2,1 02:03:04.000000005,"
        "2024-02-29 12:00:00 Europe/Zurich\n"
        "false,-128,-32768,-2147483648,-9223372036854775808,3.4028235E38,Infinity,,"
        "0001-01-01 00:00:00,,[],{},\"{\"\"x\"\":null}\",\"{1:\"\"b\"\"}\","
        "-99999999999999999999999999999999999999,NULL,9999-12-31,,,-1-2,-1 00:00:00.000000000,"
        "1-1-1 0:0:0 UTC\n"
        "NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,"
        "NULL,NULL,NULL,NULL\n");
}

TEST_CASE("every type has its value in json", "[unit][hive_query]") {
    CHECK(
        written(every_type(), Format::kJsonLines) ==
        "{\"b\":true,\"ti\":1,\"si\":2,\"i\":3,\"bi\":4,\"f\":0.1,\"d\":0.1,\"s\":\"text\","
        "\"ts\":\"2024-02-29 "
        "12:34:56.789\",\"bin\":\"Af8=\",\"a\":\"[1,2]\",\"m\":\"{1:\\\"a\\\"}\","
        "\"st\":\"{\\\"x\\\":1}\",\"un\":\"{0:1}\",\"dec\":12.50,\"nul\":null,\"dt\":\"2024-02-"
        "29\","
        "\"vc\":\"v\",\"c\":\"c  \",\"ym\":\"1-2\",\"ds\":\"1 02:03:04.000000005\","
        "\"tz\":\"2024-02-29 12:00:00 Europe/Zurich\"}\n"
        "{\"b\":false,\"ti\":-128,\"si\":-32768,\"i\":-2147483648,\"bi\":-9223372036854775808,"
        "\"f\":3.4028235E38,\"d\":\"Infinity\",\"s\":\"\",\"ts\":\"0001-01-01 "
        "00:00:00\",\"bin\":\"\","
        "\"a\":\"[]\",\"m\":\"{}\",\"st\":\"{\\\"x\\\":null}\",\"un\":\"{1:\\\"b\\\"}\","
        "\"dec\":-99999999999999999999999999999999999999,\"nul\":null,\"dt\":\"9999-12-31\",\"vc\":"
        "\"\","
        "\"c\":\"\",\"ym\":\"-1-2\",\"ds\":\"-1 00:00:00.000000000\",\"tz\":\"1-1-1 0:0:0 UTC\"}\n"
        "{\"b\":null,\"ti\":null,\"si\":null,\"i\":null,\"bi\":null,\"f\":null,\"d\":null,\"s\":"
        "null,"
        "\"ts\":null,\"bin\":null,\"a\":null,\"m\":null,\"st\":null,\"un\":null,\"dec\":null,"
        "\"nul\":null,\"dt\":null,\"vc\":null,\"c\":null,\"ym\":null,\"ds\":null,\"tz\":null}\n");
}

TEST_CASE("every type can be shown in a table and vertically", "[unit][hive_query]") {
    for (const Format format : {Format::kTable, Format::kVertical, Format::kTsv, Format::kJson}) {
        const std::string text = written(every_type(), format);
        CHECK(text.find("12.50") != std::string::npos);
        CHECK(text.find("3.4028235E38") != std::string::npos);
    }
}

TEST_CASE("binary can be shown as its bytes", "[unit][hive_query]") {
    Result r;
    r.blobs("bin", {"a\tb", "x,y"});
    CHECK(written(r, FormatOptions{.format = Format::kCsv, .binary = BinaryText::kRaw}) ==
          "bin\na\tb\n\"x,y\"\n");
    CHECK(written(r, FormatOptions{.format = Format::kTsv, .binary = BinaryText::kRaw}) ==
          "bin\na\\tb\nx,y\n");
    CHECK(written(r, FormatOptions{.format = Format::kJsonLines, .binary = BinaryText::kRaw}) ==
          "{\"bin\":\"YQli\"}\n{\"bin\":\"eCx5\"}\n");
}

TEST_CASE("columns that the server left short or out are NULL", "[unit][hive_query]") {
    Result r;
    r.texts("a", Type::kString, {"1", "2"});
    r.texts("b", Type::kString, {"x"});
    r.columns.push_back({.name = "c", .comment = {}});
    CHECK(written(r, Format::kCsv) == "a,b,c\n1,x,NULL\n2,NULL,NULL\n");
}

TEST_CASE("Markdown takes nothing in a value for its own", "[unit][hive_query]") {
    Result r;
    r.numbers<std::int32_t>("id", Type::kInt, {1, {}});
    r.texts("a|b", Type::kString, {"x|y*\n<b>\x1b", {}});
    CHECK(written(r, Format::kMarkdown) ==
          "| id | a\\|b |\n"
          "| ---: | --- |\n"
          "| 1 | x\\|y\\*<br>\\<b>\\\\x1b |\n"
          "| NULL | NULL |\n");
    CHECK_THAT(written(r, FormatOptions{.format = Format::kMarkdown, .show_header = false}),
               Catch::StartsWith("|  |  |\n"));
}

TEST_CASE("DSV quotes what holds its own delimiter", "[unit][hive_query]") {
    Result r;
    r.texts("a", Type::kString, {"x|y", "x,y"});
    r.texts("b", Type::kString, {"1", {}});
    CHECK(written(r, Format::kDsv) == "a|b\n\"x|y\"|1\nx,y|NULL\n");
    CHECK(written(r, FormatOptions{.format = Format::kDsv, .dsv_delimiter = ';'}) ==
          "a;b\nx|y;1\nx,y;NULL\n");
}

TEST_CASE("XML is well-formed whatever the names and values hold", "[unit][hive_query]") {
    Result r;
    r.texts("count(1)", Type::kString, {"<a> & \"b\"\n\x01\xFF", {}});
    r.texts("count(2)", Type::kString, {"x", "y"});
    r.texts("9", Type::kString, {"", "z"});
    CHECK(written(r, Format::kXmlElements) ==
          "<resultset>\n"
          "  <result>\n"
          "    <count_1_>&lt;a&gt; &amp; &quot;b&quot;&#10;\xEF\xBF\xBD\xEF\xBF\xBD</count_1_>\n"
          "    <count_2_>x</count_2_>\n"
          "    <_></_>\n"
          "  </result>\n"
          "  <result>\n"
          "    <count_2_>y</count_2_>\n"
          "    <_>z</_>\n"
          "  </result>\n"
          "</resultset>\n");
    CHECK_THAT(written(r, Format::kXmlAttributes),
               Catch::Contains("  <result count_2_=\"y\" _=\"z\"/>\n"));
    Result twice;
    twice.texts("n", Type::kString, {"1"});
    twice.texts("n", Type::kString, {"2"});
    CHECK_THAT(written(twice, Format::kXmlAttributes), Catch::Contains("n=\"1\" n_2=\"2\""));
}

TEST_CASE("NULL is shown as the text that was asked for", "[unit][hive_query]") {
    Result r;
    r.texts("a", Type::kString, {{}, "-", "NULL"});
    CHECK(written(r, FormatOptions{.format = Format::kCsv, .null_word = "-"}) ==
          "a\n-\n\"-\"\nNULL\n");
    CHECK_THAT(written(r, FormatOptions{.null_word = "\xE2\x88\x85"}),
               Catch::Contains("| \xE2\x88\x85    |\n"));
}

TEST_CASE("a table cuts what is wider than --maxColumnWidth by columns of the screen",
          "[unit][hive_query]") {
    Result r;
    r.texts(
        "name", Type::kString, {"abcdefghij", "\xE6\xBC\xA2\xE6\xBC\xA2\xE6\xBC\xA2\xE6\xBC\xA2"});
    CHECK(written(r, FormatOptions{.max_column_width = 6}) ==
          "+--------+\n"
          "| name   |\n"
          "+--------+\n"
          "| abc... |\n"
          "| \xE6\xBC\xA2...  |\n"
          "+--------+\n");
}
