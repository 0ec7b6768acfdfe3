#include "duration_text.hpp"

#include "number_text.hpp"

#include <array>
#include <limits>

namespace cistern {
namespace {

struct Unit {
    std::string_view name;
    std::int64_t nanoseconds;
};

// The largest first: printing takes the first that fits.
constexpr std::array<Unit, 6> kUnits{{
    {"h", 3'600'000'000'000},
    {"min", 60'000'000'000},
    {"s", 1'000'000'000},
    {"ms", 1'000'000},
    {"us", 1'000},
    {"ns", 1},
}};

}  // namespace

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
    if (text == "0") {
        return std::chrono::nanoseconds::zero();
    }
    const auto unit_at = text.find_first_not_of("0123456789");
    if (unit_at == std::string_view::npos) {
        return std::nullopt;
    }
    const auto count = parse_integer(text.substr(0, unit_at));
    for (const auto& unit : kUnits) {
        if (!count || text.substr(unit_at) != unit.name) {
            continue;
        }
        if (*count > std::numeric_limits<std::int64_t>::max() / unit.nanoseconds) {
            return std::nullopt;
        }
        return std::chrono::nanoseconds{*count * unit.nanoseconds};
    }
    return std::nullopt;
}

std::string exact_duration_text(std::chrono::nanoseconds duration) {
    const auto count = duration.count();
    for (const auto& unit : kUnits) {
        if (count != 0 && count % unit.nanoseconds == 0) {
            return std::to_string(count / unit.nanoseconds) + std::string{unit.name};
        }
    }
    return "0";
}

std::string_view duration_units() noexcept {
    return "ns, us, ms, s, min or h";
}

}  // namespace cistern
