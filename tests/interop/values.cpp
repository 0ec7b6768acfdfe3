// Sends values to a server and asks for them back, and reads its nested values. Prints a line for
// whatever differs, and how many statements were run; exit status 1 when something did.
#include "support/hostile_text.hpp"

#include <cistern/cistern.hpp>
#include <cistern/hive/column_reader.hpp>
#include <cistern/hive/nested.hpp>
#include <cistern/hive/parameters.hpp>
#include <cistern/hive/session.hpp>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <iostream>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using hive::ColumnReader;
using hive::Value;

int differences = 0;
int statements = 0;

void expect(bool holds, const std::string& what) {
    if (!holds) {
        std::cout << what << '\n';
        ++differences;
    }
}

// The one row that a statement answers.
struct Row {
    std::vector<hive::ColumnInfo> columns;
    hive::Batch batch;

    [[nodiscard]] ColumnReader at(std::size_t column) const {
        return {columns.at(column), batch.columns.at(column)};
    }
};

Row row_of(hive::Session& session, std::string_view sql, const hive::Parameters& values = {}) {
    ++statements;
    const auto operation = hive::execute(session, sql, values);
    operation->wait();
    Row row;
    row.columns = operation->columns();
    if (!operation->fetch(row.batch) || row.batch.rows != 1) {
        throw std::runtime_error{"no row came back"};
    }
    operation->close();
    return row;
}

std::vector<std::string> hostile_strings() {
    auto out = cistern::test::hostile_pieces();
    std::mt19937 chance{11};
    while (out.size() < 300) {
        out.push_back(cistern::test::hostile_text(chance, 2 + chance() % 5));
    }
    return out;
}

// A few statements with a hundred strings each.
void strings_come_back(hive::Session& session) {
    const auto strings = hostile_strings();
    constexpr std::size_t kEach = 100;
    for (std::size_t begin = 0; begin < strings.size(); begin += kEach) {
        std::string sql = "select ";
        hive::Parameters values;
        for (std::size_t i = begin; i < std::min(begin + kEach, strings.size()); ++i) {
            sql += (values.empty() ? "" : ", ") + std::string{"hex(?) as c"} + std::to_string(i);
            values.emplace_back(strings[i]);
        }
        const auto row = row_of(session, sql, values);
        for (std::size_t i = 0; i < values.size(); ++i) {
            const auto wanted = hive::literal(hive::Bytes{strings[begin + i]});  // unhex('...')
            const auto got = std::string{row.at(i).text(0).value_or("NULL")};
            expect(wanted == "unhex('" + got + "')", "string " + wanted + " came back as " + got);
        }
    }
}

void scalars_come_back(hive::Session& session) {
    const auto decimal = hive::parse_decimal("-99999999999999999999.999999999999999999").value();
    const auto timestamp = hive::parse_timestamp("0001-01-01 12:34:56.123456").value();
    const auto date = hive::parse_date("9999-12-31").value();
    const hive::IntervalYearMonth months{-14};
    const hive::IntervalDayTime seconds{-(3 * 86'400 + 14'706), -789'000'000};
    const auto row =
        row_of(session,
               "select ? as a, ? as b, ? as c, ? as d, ? as e, ? as f, ? as g, ? as h, ? as i, "
               "? as j, ? as k, ? as l, ? as m, ? as n, 5 -? as o",
               {true,
                std::int8_t{-128},
                std::int16_t{-32768},
                std::numeric_limits<std::int32_t>::min(),
                std::numeric_limits<std::int64_t>::min(),
                0.1F,
                5e-324,
                std::numeric_limits<double>::quiet_NaN(),
                decimal,
                hive::Bytes{std::string{"\0\xFF'", 3}},
                date,
                timestamp,
                months,
                seconds,
                -7});
    expect(row.at(0).boolean(0) == true, "BOOLEAN");
    expect(row.at(1).integer(0) == -128 && row.columns[1].type == hive::Type::kTinyint, "TINYINT");
    expect(row.at(2).integer(0) == -32768 && row.columns[2].type == hive::Type::kSmallint,
           "SMALLINT");
    expect(row.at(3).integer(0) == std::numeric_limits<std::int32_t>::min() &&
               row.columns[3].type == hive::Type::kInt,
           "INT");
    expect(row.at(4).integer(0) == std::numeric_limits<std::int64_t>::min(), "BIGINT");
    expect(static_cast<float>(row.at(5).real(0).value()) == 0.1F, "FLOAT");
    expect(row.at(6).real(0) == 5e-324, "DOUBLE");
    expect(row.at(7).real(0) != row.at(7).real(0), "NaN");
    expect(row.at(8).decimal(0) == decimal && row.columns[8].precision == 38, "DECIMAL");
    expect(row.at(9).bytes(0) == std::string_view{"\0\xFF'", 3}, "BINARY");
    expect(row.at(10).date(0) == date, "DATE");
    expect(row.at(11).timestamp(0) == timestamp,
           "TIMESTAMP: " + std::string{row.at(11).text(0).value_or("NULL")});
    expect(row.at(12).interval_year_month(0) == months, "INTERVAL YEAR TO MONTH");
    expect(row.at(13).interval_day_time(0) == seconds, "INTERVAL DAY TO SECOND");
    expect(row.at(14).integer(0) == 12, "a negative number behind a minus");
}

Value text(std::string of) {
    return {.kind = Value::Kind::kText, .text = std::move(of)};
}
Value number(std::string of) {
    return {.kind = Value::Kind::kNumber, .text = std::move(of)};
}
Value list(std::vector<Value> items) {
    return {.kind = Value::Kind::kList, .items = std::move(items)};
}

// What the server's own text for a nested value is read as.
void nested_is_read(hive::Session& session) {
    const auto writer = hive::writer_of(session.server_info().name);
    const bool is_hive = writer == hive::Writer::kHive;
    expect(writer != hive::Writer::kUnknown,
           "the server's name is not known: " + session.server_info().name);
    const std::string one = "a \" quoted \\ \n word";
    const auto row =
        row_of(session,
               "select array(?) as a, array(?, ?) as b, array(1, 2, cast(null as int)) as c, "
               "named_struct('day', date '2024-03-01', 'tags', map(1, array(true))) as d, "
               "map(?, 0.5D) as e, named_struct('x', interval '1-2' year to month, "
               "'y', interval '3 04:05:06.789' day to second, 'z', timestamp '2024-03-01 "
               "12:34:56.7') as f",
               {one, std::string{"a\",\"b"}, std::string{"c"}, std::string{"k\"}"}});
    const auto read = [&](std::size_t column, const char* type) {
        const auto declared = hive::parse_type(type);
        return hive::parse_nested(row.at(column).text(0).value(),
                                  {.writer = writer, .declared = &declared});
    };
    const auto said = [&](std::size_t column) {
        return " is read otherwise: " + std::string{row.at(column).text(0).value()};
    };
    expect(read(0, "array<string>") == hive::Nested{list({text(one)})}, "one string" + said(0));
    const auto two = read(1, "array<string>");
    expect(is_hive ? two == hive::Nested{list({text("a\",\"b"), text("c")})} : two.index() == 1,
           "two strings" + said(1));
    expect(read(2, "array<int>") == hive::Nested{list({number("1"), number("2"), {}})},
           "integers" + said(2));
    const Value flags{.kind = Value::Kind::kEntries,
                      .keys = {number("1")},
                      .items = {list({{.kind = Value::Kind::kBoolean, .boolean = true}})}};
    const Value day{.kind = Value::Kind::kEntries,
                    .keys = {text("day"), text("tags")},
                    .items = {text("2024-03-01"), flags}};
    expect(read(3, "struct<day:date,tags:map<int,array<boolean>>>") == hive::Nested{day},
           "a struct" + said(3));
    const Value map{
        .kind = Value::Kind::kEntries, .keys = {text("k\"}")}, .items = {number("0.5")}};
    expect(read(4, "map<string,double>") == hive::Nested{map}, "a map" + said(4));
    const Value times{
        .kind = Value::Kind::kEntries,
        .keys = {text("x"), text("y"), text("z")},
        .items = {text("1-2"), text("3 04:05:06.789000000"), text("2024-03-01 12:34:56.7")}};
    expect(read(5, "struct<x:interval_year_month,y:interval_day_time,z:timestamp>") ==
               hive::Nested{times},
           "times" + said(5));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "usage: interop-values PROPERTIES POOL\n";
        return 1;
    }
    try {
        auto runtime = cistern::Runtime::from_file(argv[1]);
        const auto lease = runtime.pool<hive::Session>(argv[2]).acquire();
        strings_come_back(*lease);
        scalars_come_back(*lease);
        nested_is_read(*lease);
        std::cout << statements << " statements\n";
    } catch (const std::exception& error) {
        std::cerr << "interop-values: " << error.what() << '\n';
        return 1;
    }
    return differences == 0 ? 0 : 1;
}
