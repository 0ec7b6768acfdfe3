#include "sql/temporal.hpp"

#include "sql/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdio>

namespace sandbox {
namespace {

constexpr std::size_t kNanoDigits = 9;

// Reads what it is asked for off the front of a text.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_{trim(text)} {}

    std::optional<int> number(std::size_t most_digits) {
        std::size_t n = 0;
        while (n < rest_.size() && n < most_digits && is_digit(rest_[n])) {
            ++n;
        }
        int value = 0;
        if (n == 0 || std::from_chars(rest_.data(), rest_.data() + n, value).ec != std::errc{}) {
            return std::nullopt;
        }
        rest_.remove_prefix(n);
        return value;
    }
    bool take(char c) {
        if (rest_.empty() || rest_.front() != c) {
            return false;
        }
        rest_.remove_prefix(1);
        return true;
    }
    // ".789": the digits, cut to nanoseconds; nothing when there is no fraction.
    std::string fraction() {
        std::string digits;
        if (take('.')) {
            while (!rest_.empty() && is_digit(rest_.front())) {
                digits += rest_.front();
                rest_.remove_prefix(1);
            }
        }
        digits.resize(std::min(digits.size(), kNanoDigits));
        return digits;
    }
    [[nodiscard]] std::string_view rest() const { return rest_; }

private:
    std::string_view rest_;
};

template <typename... Numbers>
std::string format(const char* pattern, Numbers... numbers) {
    std::array<char, 64> buffer{};
    std::snprintf(buffer.data(), buffer.size(), pattern, numbers...);
    return buffer.data();
}

std::optional<std::string> take_date(Reader& in) {
    const auto year = in.number(4);
    if (!year || !in.take('-')) {
        return std::nullopt;
    }
    const auto month = in.number(2);
    if (!month || !in.take('-')) {
        return std::nullopt;
    }
    const auto day = in.number(2);
    using namespace std::chrono;
    if (!day || !year_month_day{std::chrono::year{*year},
                                std::chrono::month(static_cast<unsigned>(*month)),
                                std::chrono::day(static_cast<unsigned>(*day))}
                     .ok()) {
        return std::nullopt;
    }
    return format("%04d-%02d-%02d", *year, *month, *day);
}

// "13:14[:15]".
std::optional<std::string> take_clock(Reader& in) {
    const auto hour = in.number(2);
    if (!hour || *hour > 23 || !in.take(':')) {
        return std::nullopt;
    }
    const auto minute = in.number(2);
    if (!minute || *minute > 59) {
        return std::nullopt;
    }
    int second = 0;
    if (in.take(':')) {
        const auto given = in.number(2);
        if (!given || *given > 59) {
            return std::nullopt;
        }
        second = *given;
    }
    return format("%02d:%02d:%02d", *hour, *minute, second);
}

struct Moment {
    std::string date_and_clock;
    std::string fraction;
    std::string_view rest;
};

std::optional<Moment> moment(std::string_view text) {
    Reader in{text};
    const auto date = take_date(in);
    if (!date) {
        return std::nullopt;
    }
    Moment out{*date + " 00:00:00", {}, {}};
    if (in.take(' ') || in.take('T')) {
        const auto clock = take_clock(in);
        if (!clock) {
            return std::nullopt;
        }
        out = {*date + ' ' + *clock, in.fraction(), {}};
    }
    while (!out.fraction.empty() && out.fraction.back() == '0') {
        out.fraction.pop_back();
    }
    out.rest = trim(in.rest());
    return out;
}

}  // namespace

std::optional<std::string> date_text(std::string_view text) {
    Reader in{text};
    auto date = take_date(in);
    const bool clean = in.rest().empty() || in.rest().front() == ' ' || in.rest().front() == 'T';
    return clean ? date : std::nullopt;
}

std::optional<std::string> timestamp_text(std::string_view text) {
    const auto m = moment(text);
    const bool clean = m && (m->rest.empty() || m->rest == "Z" || m->rest == "UTC");
    if (!clean) {
        return std::nullopt;
    }
    return m->fraction.empty() ? m->date_and_clock : m->date_and_clock + '.' + m->fraction;
}

std::optional<std::string> local_timestamp_text(std::string_view text) {
    const auto m = moment(text);
    if (!m) {
        return std::nullopt;
    }
    const bool has_zone = !m->rest.empty() && m->rest != "Z";
    return m->date_and_clock + '.' + (m->fraction.empty() ? "0" : m->fraction) + ' ' +
           (has_zone ? std::string{m->rest} : "UTC");
}

std::optional<std::string> year_month_text(std::string_view text) {
    Reader in{text};
    const bool negative = in.take('-');
    const auto years = in.number(kNanoDigits);
    if (!years || !in.take('-')) {
        return std::nullopt;
    }
    const auto months = in.number(2);
    if (!months || *months > 11 || !in.rest().empty()) {
        return std::nullopt;
    }
    return (negative ? "-" : "") + std::to_string(*years) + '-' + std::to_string(*months);
}

std::optional<std::string> day_time_text(std::string_view text) {
    Reader in{text};
    const bool negative = in.take('-');
    const auto days = in.number(kNanoDigits);
    if (!days || !in.take(' ')) {
        return std::nullopt;
    }
    const auto clock = take_clock(in);
    std::string fraction = in.fraction();
    if (!clock || !in.rest().empty()) {
        return std::nullopt;
    }
    fraction.resize(kNanoDigits, '0');
    return (negative ? "-" : "") + std::to_string(*days) + ' ' + *clock + '.' + fraction;
}

std::string timestamp_of_epoch(std::int64_t seconds) {
    using namespace std::chrono;
    // Hive's years have four digits.
    constexpr std::int64_t kFirst = -62135596800;
    constexpr std::int64_t kLast = 253402300799;
    const sys_seconds at{std::chrono::seconds{std::clamp(seconds, kFirst, kLast)}};
    const auto day_start = floor<days>(at);
    const year_month_day date{day_start};
    const hh_mm_ss clock{at - day_start};
    return format("%04d-%02u-%02u %02d:%02d:%02d",
                  static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()),
                  static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
}

}  // namespace sandbox
