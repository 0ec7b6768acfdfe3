#pragma once

// Typed access to the columns of a batch. Link cistern::hive_values.

#include <cistern/error.hpp>
#include <cistern/hive/types.hpp>
#include <cistern/hive/values.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hive {

// A value is not what it was asked for as. The session is none the worse for it.
//
// Errors: what() names column, row, text (its first 64 bytes) and what was expected.
class ValueError : public cistern::Error {
public:
    ValueError(std::string column, std::size_t row, std::string text, std::string expected);

    [[nodiscard]] const std::string& column() const noexcept { return column_; }
    // Counted from 0, from the first row of the result if the reader was told where it is.
    [[nodiscard]] std::size_t row() const noexcept { return row_; }
    // The whole text; for what did not come as text, a word for what it was.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    [[nodiscard]] const std::string& expected() const noexcept { return expected_; }

private:
    std::string column_;
    std::size_t row_;
    std::string text_;
    std::string expected_;
};

// Reads one column of a batch. Nothing is parsed before it is asked for, and nothing is kept: who
// reads texts pays for texts only.
//
// Each getter answers nothing for NULL, and throws ValueError where the value has another type or
// is no such value. Every type that arrives as text is to be had as text() too, as the server wrote
// it: CHAR padded with blanks, nested types in Hive's notation (<cistern/hive/nested.hpp>).
//
// Thread safety:  const members may be called at once from several threads.
// Ownership:      refers to info and column, which have to outlive it; of text() and bytes() the
//                 batch is the owner, as Texts say.
// Errors:         ValueError. REQUIRES: row < the batch's rows
class ColumnReader {
public:
    // `first_row` is where the batch begins in the result; only errors tell it.
    ColumnReader(const ColumnInfo& info, const Column& column, std::size_t first_row = 0) noexcept
        : info_{&info}, column_{&column}, first_row_{first_row} {}

    [[nodiscard]] const ColumnInfo& info() const noexcept { return *info_; }
    [[nodiscard]] bool is_null(std::size_t row) const noexcept { return column_->is_null(row); }

    [[nodiscard]] std::optional<bool> boolean(std::size_t row) const;
    // TINYINT, SMALLINT, INT and BIGINT.
    [[nodiscard]] std::optional<std::int64_t> integer(std::size_t row) const;
    // FLOAT and DOUBLE, NaN and the infinities among them.
    [[nodiscard]] std::optional<double> real(std::size_t row) const;
    // Every type that arrives as text.
    [[nodiscard]] std::optional<std::string_view> text(std::size_t row) const;
    // BINARY.
    [[nodiscard]] std::optional<std::string_view> bytes(std::size_t row) const;

    // DECIMAL; the scale is that of the text.
    [[nodiscard]] std::optional<Decimal> decimal(std::size_t row) const;
    [[nodiscard]] std::optional<Date> date(std::size_t row) const;
    [[nodiscard]] std::optional<Timestamp> timestamp(std::size_t row) const;
    // TIMESTAMP WITH LOCAL TIME ZONE.
    [[nodiscard]] std::optional<ZonedTimestamp> zoned_timestamp(std::size_t row) const;
    [[nodiscard]] std::optional<IntervalYearMonth> interval_year_month(std::size_t row) const;
    [[nodiscard]] std::optional<IntervalDayTime> interval_day_time(std::size_t row) const;

    // Throws ValueError about this column.
    [[noreturn]] void refuse(std::size_t row, std::string text, std::string expected) const;

private:
    template <class Parsed>
    std::optional<Parsed> parsed(std::size_t row,
                                 std::optional<Parsed> (*parse)(std::string_view),
                                 const char* expected) const;

    const ColumnInfo* info_;
    const Column* column_;
    std::size_t first_row_;
};

}  // namespace hive
