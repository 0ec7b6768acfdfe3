#include "shown_text.hpp"

#include <cistern/hive/column_reader.hpp>

#include <type_traits>
#include <utility>
#include <variant>

namespace hive {
namespace {

std::string message(const std::string& column,
                    std::size_t row,
                    const std::string& text,
                    const std::string& expected) {
    return "hive: column \"" + shown(column) + "\", row " + std::to_string(row) + ": \"" +
           shown(text) + "\" is not " + expected;
}

const char* kind_of(const Column& column) {
    constexpr const char* kKinds[] = {"a BOOLEAN",
                                      "a TINYINT",
                                      "a SMALLINT",
                                      "an INT",
                                      "a BIGINT",
                                      "a DOUBLE",
                                      "a text",
                                      "a BINARY"};
    static_assert(std::size(kKinds) == std::variant_size_v<Column::Values>);
    return kKinds[column.values.index()];
}

}  // namespace

ValueError::ValueError(std::string column, std::size_t row, std::string text, std::string expected)
    : Error{message(column, row, text, expected)},
      column_{std::move(column)},
      row_{row},
      text_{std::move(text)},
      expected_{std::move(expected)} {}

void ColumnReader::refuse(std::size_t row, std::string text, std::string expected) const {
    throw ValueError{info_->name, first_row_ + row, std::move(text), std::move(expected)};
}

std::optional<bool> ColumnReader::boolean(std::size_t row) const {
    if (is_null(row)) {
        return std::nullopt;
    }
    if (const auto* values = std::get_if<std::vector<std::uint8_t>>(&column_->values)) {
        return (*values)[row] != 0;
    }
    refuse(row, kind_of(*column_), "a BOOLEAN");
}

std::optional<std::int64_t> ColumnReader::integer(std::size_t row) const {
    if (is_null(row)) {
        return std::nullopt;
    }
    return std::visit(
        [&](const auto& values) -> std::int64_t {
            using Item = std::decay_t<decltype(values[row])>;
            if constexpr (std::is_integral_v<Item> && std::is_signed_v<Item>) {
                return values[row];
            } else {
                refuse(row, kind_of(*column_), "a TINYINT, SMALLINT, INT or BIGINT");
            }
        },
        column_->values);
}

std::optional<double> ColumnReader::real(std::size_t row) const {
    if (is_null(row)) {
        return std::nullopt;
    }
    if (const auto* values = std::get_if<std::vector<double>>(&column_->values)) {
        return (*values)[row];
    }
    refuse(row, kind_of(*column_), "a FLOAT or DOUBLE");
}

std::optional<std::string_view> ColumnReader::text(std::size_t row) const {
    if (is_null(row)) {
        return std::nullopt;
    }
    if (const auto* texts = std::get_if<Texts>(&column_->values)) {
        return (*texts)[row];
    }
    refuse(row, kind_of(*column_), "of a type that arrives as text");
}

std::optional<std::string_view> ColumnReader::bytes(std::size_t row) const {
    if (is_null(row)) {
        return std::nullopt;
    }
    if (const auto* blobs = std::get_if<Blobs>(&column_->values)) {
        return (*blobs)[row];
    }
    refuse(row, kind_of(*column_), "a BINARY");
}

template <class Parsed>
std::optional<Parsed> ColumnReader::parsed(std::size_t row,
                                           std::optional<Parsed> (*parse)(std::string_view),
                                           const char* expected) const {
    const auto written = text(row);
    if (!written) {
        return std::nullopt;
    }
    auto value = parse(*written);
    if (!value) {
        refuse(row, std::string{*written}, expected);
    }
    return value;
}

std::optional<Decimal> ColumnReader::decimal(std::size_t row) const {
    return parsed<Decimal>(row, parse_decimal, "a DECIMAL of up to 38 digits, as -12.50");
}

std::optional<Date> ColumnReader::date(std::size_t row) const {
    return parsed<Date>(row, parse_date, "a DATE, as 2024-02-29");
}

std::optional<Timestamp> ColumnReader::timestamp(std::size_t row) const {
    return parsed<Timestamp>(row, parse_timestamp, "a TIMESTAMP, as 2024-02-29 12:34:56.789");
}

std::optional<ZonedTimestamp> ColumnReader::zoned_timestamp(std::size_t row) const {
    return parsed<ZonedTimestamp>(
        row,
        parse_zoned_timestamp,
        "a TIMESTAMP WITH LOCAL TIME ZONE, as 2024-02-29 12:34:56.789 Etc/UTC");
}

std::optional<IntervalYearMonth> ColumnReader::interval_year_month(std::size_t row) const {
    return parsed<IntervalYearMonth>(
        row, parse_interval_year_month, "an INTERVAL YEAR TO MONTH, as -3-11");
}

std::optional<IntervalDayTime> ColumnReader::interval_day_time(std::size_t row) const {
    return parsed<IntervalDayTime>(
        row, parse_interval_day_time, "an INTERVAL DAY TO SECOND, as -3 04:05:06.789");
}

}  // namespace hive
