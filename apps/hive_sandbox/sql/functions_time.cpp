#include "sql/convert.hpp"
#include "sql/functions.hpp"
#include "sql/temporal.hpp"

#include <charconv>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <optional>

namespace sandbox {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

std::optional<std::string> stored(const Cell& value, TypeId type) {
    const Cell cell = convert(value, {type});
    return is_null(cell) ? std::nullopt : std::optional{std::get<std::string>(cell)};
}

// The number in `size` characters at `at` of a timestamp's text.
template <std::size_t kAt, std::size_t kSize>
Cell part(FunctionContext&, const Row& a) {
    const auto text = stored(a[0], TypeId::kTimestamp);
    if (!text) {
        return {};
    }
    std::int64_t value = 0;
    std::from_chars(text->data() + kAt, text->data() + kAt + kSize, value);
    return value;
}

std::optional<sys_days> day_of(const Cell& value) {
    const auto text = stored(value, TypeId::kDate);
    if (!text) {
        return std::nullopt;
    }
    int y = 0;
    unsigned m = 0;
    unsigned d = 0;
    std::from_chars(text->data(), text->data() + 4, y);
    std::from_chars(text->data() + 5, text->data() + 7, m);
    std::from_chars(text->data() + 8, text->data() + 10, d);
    return sys_days{
        year_month_day{std::chrono::year{y}, std::chrono::month{m}, std::chrono::day{d}}};
}

Cell moved(const Row& a, int sign) {
    const auto day = day_of(a[0]);
    const Cell by = convert(a[1], {TypeId::kInt});
    if (!day || is_null(by)) {
        return {};
    }
    constexpr std::int64_t kSecondsPerDay = 86400;
    const std::int64_t number = day->time_since_epoch().count() + sign * std::get<std::int64_t>(by);
    return timestamp_of_epoch(number * kSecondsPerDay).substr(0, 10);
}

Cell date_add(FunctionContext&, const Row& a) {
    return moved(a, 1);
}

Cell date_sub(FunctionContext&, const Row& a) {
    return moved(a, -1);
}

Cell datediff(FunctionContext&, const Row& a) {
    const auto end = day_of(a[0]);
    const auto start = day_of(a[1]);
    return end && start ? Cell{std::int64_t{(*end - *start).count()}} : Cell{};
}

Cell to_date(FunctionContext&, const Row& a) {
    return convert(a[0], {TypeId::kDate});
}

Cell now(FunctionContext&, const Row&) {
    return std::int64_t{std::time(nullptr)};
}

Cell unix_timestamp(FunctionContext&, const Row& a) {
    const auto day = day_of(a[0]);
    const auto text = stored(a[0], TypeId::kTimestamp);
    if (!day || !text) {
        return {};
    }
    std::int64_t clock[3] = {};
    for (std::size_t i = 0; i < 3; ++i) {
        const char* at = text->data() + 11 + i * 3;
        std::from_chars(at, at + 2, clock[i]);
    }
    return std::int64_t{day->time_since_epoch().count()} * 86400 + clock[0] * 3600 + clock[1] * 60 +
           clock[2];
}

Cell from_unixtime(FunctionContext&, const Row& a) {
    const Cell seconds = convert(a[0], {TypeId::kBigint});
    return is_null(seconds) ? Cell{} : Cell{timestamp_of_epoch(std::get<std::int64_t>(seconds))};
}

}  // namespace

const std::vector<FunctionEntry>& time_functions() {
    static const std::vector<FunctionEntry> kTable{
        {"date_add", 2, date_add},
        {"date_sub", 2, date_sub},
        {"datediff", 2, datediff},
        {"day", 1, part<8, 2>},
        {"from_unixtime", 1, from_unixtime},
        {"hour", 1, part<11, 2>},
        {"minute", 1, part<14, 2>},
        {"month", 1, part<5, 2>},
        {"second", 1, part<17, 2>},
        {"to_date", 1, to_date},
        {"unix_timestamp", 0, now, false},
        {"unix_timestamp", 1, unix_timestamp},
        {"year", 1, part<0, 4>},
    };
    return kTable;
}

}  // namespace sandbox
