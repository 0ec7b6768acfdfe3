#include "arrow_column.hpp"

#include "arrow_type.hpp"
#include "utf8.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <stdexcept>

namespace hive {
namespace {

// interval_month_day_nano of the specification.
struct MonthDayNano {
    std::int32_t months;
    std::int32_t days;
    std::int64_t nanos;
};
static_assert(sizeof(MonthDayNano) == 16);

class Builder {
public:
    Builder(const ColumnReader& reader, std::size_t rows, const ArrowOptions& options)
        : reader_{reader}, rows_{rows}, options_{options} {
        out_.buffers.emplace_back((rows + 7) / 8);
    }

    ArrowColumn run() {
        switch (arrow_type(reader_.info())) {
            case ArrowType::kNull:
                return all_null();
            case ArrowType::kBoolean:
                booleans();
                break;
            case ArrowType::kInt8:
                integers<std::int8_t>();
                break;
            case ArrowType::kInt16:
                integers<std::int16_t>();
                break;
            case ArrowType::kInt32:
                integers<std::int32_t>();
                break;
            case ArrowType::kInt64:
                integers<std::int64_t>();
                break;
            case ArrowType::kFloat:
                fixed<float>(
                    [&](std::size_t row) { return static_cast<float>(*reader_.real(row)); });
                break;
            case ArrowType::kDouble:
                fixed<double>([&](std::size_t row) { return *reader_.real(row); });
                break;
            case ArrowType::kDecimal:
                fixed<Int128>([&](std::size_t row) { return unscaled(row); });
                break;
            case ArrowType::kDate:
                fixed<std::int32_t>([&](std::size_t row) {
                    const std::chrono::local_days days{*reader_.date(row)};
                    return static_cast<std::int32_t>(days.time_since_epoch().count());
                });
                break;
            case ArrowType::kTimestamp:
                fixed<std::int64_t>([&](std::size_t row) { return ticks(row); });
                break;
            case ArrowType::kInterval:
                fixed<MonthDayNano>([&](std::size_t row) { return interval(row); });
                break;
            case ArrowType::kBinary:
                texts([&](std::size_t row) { return *reader_.bytes(row); });
                break;
            case ArrowType::kUtf8:
                texts([&](std::size_t row) { return utf8(row); });
                break;
        }
        return std::move(out_);
    }

private:
    // Whether there is a value; marks it in the first buffer.
    bool is_valid(std::size_t row) {
        if (reader_.is_null(row)) {
            ++out_.nulls;
            return false;
        }
        out_.buffers[0][row / 8] |= static_cast<std::uint8_t>(1U << (row % 8));
        return true;
    }

    ArrowColumn all_null() {
        for (std::size_t row = 0; row < rows_; ++row) {
            if (!reader_.is_null(row)) {
                reader_.refuse(row, "a value", "NULL, all that the type NULL has");
            }
        }
        return {static_cast<std::int64_t>(rows_), {}};
    }

    void booleans() {
        out_.buffers.emplace_back((rows_ + 7) / 8);
        for (std::size_t row = 0; row < rows_; ++row) {
            if (is_valid(row) && *reader_.boolean(row)) {
                out_.buffers[1][row / 8] |= static_cast<std::uint8_t>(1U << (row % 8));
            }
        }
    }

    // Values of one size, zero where there is none.
    template <class Item, class Get>
    void fixed(Get get) {
        auto& bytes = out_.buffers.emplace_back(rows_ * sizeof(Item));
        for (std::size_t row = 0; row < rows_; ++row) {
            if (is_valid(row)) {
                const Item item = get(row);
                std::memcpy(bytes.data() + row * sizeof(Item), &item, sizeof(Item));
            }
        }
    }

    template <class Integer>
    void integers() {
        fixed<Integer>([&](std::size_t row) {
            const auto value = *reader_.integer(row);
            if (value < std::numeric_limits<Integer>::min() ||
                value > std::numeric_limits<Integer>::max()) {
                reader_.refuse(row, std::to_string(value), "within the range of the column's type");
            }
            return static_cast<Integer>(value);
        });
    }

    // Offsets of 32 bits and the bytes behind them.
    template <class Get>
    void texts(Get get) {
        std::size_t size = 0;
        for (std::size_t row = 0; row < rows_; ++row) {
            size += reader_.is_null(row) ? 0 : get(row).size();
        }
        if (size > std::size_t{std::numeric_limits<std::int32_t>::max()}) {
            throw std::length_error{
                "hive: the texts of one column pass 2 GiB; fetch fewer rows at once"};
        }
        ArrowColumn::Buffer bytes;
        bytes.reserve(size);
        out_.buffers.emplace_back((rows_ + 1) * sizeof(std::int32_t));
        for (std::size_t row = 0; row < rows_; ++row) {
            if (is_valid(row)) {
                const auto text = get(row);
                bytes.insert(bytes.end(), text.begin(), text.end());
            }
            const auto end = static_cast<std::int32_t>(bytes.size());
            std::memcpy(out_.buffers[1].data() + (row + 1) * sizeof end, &end, sizeof end);
        }
        out_.buffers.push_back(std::move(bytes));
    }

    [[nodiscard]] std::string_view utf8(std::size_t row) const {
        const auto text = *reader_.text(row);
        if (!is_utf8(text)) {
            reader_.refuse(row, std::string{text}, "UTF-8");
        }
        return text;
    }

    // At the scale of the column.
    [[nodiscard]] Int128 unscaled(std::size_t row) const {
        auto value = *reader_.decimal(row);
        const auto& info = reader_.info();
        for (; value.scale > info.scale && value.unscaled % 10 == 0; --value.scale) {
            value.unscaled /= 10;
        }
        Int128 limit = 1;
        for (int digit = 0; digit < info.precision; ++digit) {
            limit *= 10;
        }
        const auto is_within = [&] { return value.unscaled < limit && value.unscaled > -limit; };
        for (; value.scale < info.scale && is_within(); ++value.scale) {
            value.unscaled *= 10;
        }
        if (value.scale != info.scale || !is_within()) {
            reader_.refuse(row,
                           std::string{*reader_.text(row)},
                           "a DECIMAL(" + std::to_string(info.precision) + ',' +
                               std::to_string(info.scale) + ')');
        }
        return value.unscaled;
    }

    [[nodiscard]] std::int64_t ticks(std::size_t row) const {
        const auto value = *reader_.timestamp(row);
        const std::int64_t seconds = value.seconds.time_since_epoch().count();
        std::int64_t out = 0;
        if (options_.timestamps == ArrowOptions::Unit::kMicroseconds) {
            if (value.nanos % 1'000 != 0) {
                reader_.refuse(row,
                               std::string{*reader_.text(row)},
                               "in whole microseconds; export timestamps in nanoseconds");
            }
            return seconds * 1'000'000 + value.nanos / 1'000;
        }
        // Before 1970 the product alone may pass the limit where the sum does not.
        const bool is_before = seconds < 0 && value.nanos > 0;
        const std::int64_t whole = is_before ? seconds + 1 : seconds;
        const std::int64_t part =
            is_before ? value.nanos - std::int64_t{1'000'000'000} : value.nanos;
        if (__builtin_mul_overflow(whole, std::int64_t{1'000'000'000}, &out) ||
            __builtin_add_overflow(out, part, &out)) {
            reader_.refuse(row,
                           std::string{*reader_.text(row)},
                           "between the years 1677 and 2262; export timestamps in microseconds");
        }
        return out;
    }

    [[nodiscard]] MonthDayNano interval(std::size_t row) const {
        constexpr std::int64_t kSecondsOfDay = 86'400;
        if (reader_.info().type == Type::kIntervalYearMonth) {
            return {reader_.interval_year_month(row)->months, 0, 0};
        }
        const auto value = *reader_.interval_day_time(row);
        const std::int64_t days = value.seconds / kSecondsOfDay;
        if (days > std::numeric_limits<std::int32_t>::max() ||
            days < std::numeric_limits<std::int32_t>::min()) {
            reader_.refuse(
                row, std::string{*reader_.text(row)}, "an interval of fewer than 2^31 days");
        }
        return {0,
                static_cast<std::int32_t>(days),
                value.seconds % kSecondsOfDay * 1'000'000'000 + value.nanos};
    }

    const ColumnReader& reader_;
    std::size_t rows_;
    const ArrowOptions& options_;
    ArrowColumn out_;
};

}  // namespace

ArrowColumn arrow_column(const ColumnReader& reader,
                         std::size_t rows,
                         const ArrowOptions& options) {
    return Builder{reader, rows, options}.run();
}

}  // namespace hive
