#include "size_text.hpp"

#include "number_text.hpp"

#include <array>
#include <limits>

namespace cistern {
namespace {

struct SizeUnit {
    std::string_view name;
    std::int64_t bytes;
};

// The largest first: printing takes the first that fits.
constexpr std::array<SizeUnit, 4> kSizeUnits{{
    {"GiB", std::int64_t{1} << 30},
    {"MiB", std::int64_t{1} << 20},
    {"KiB", std::int64_t{1} << 10},
    {"", 1},
}};

}  // namespace

std::optional<std::int64_t> parse_size(std::string_view text) {
    const auto unit_at = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto count = parse_integer(text.substr(0, unit_at));
    for (const auto& unit : kSizeUnits) {
        if (!count || text.substr(unit_at) != unit.name) {
            continue;
        }
        if (*count > std::numeric_limits<std::int64_t>::max() / unit.bytes) {
            return std::nullopt;
        }
        return *count * unit.bytes;
    }
    return std::nullopt;
}

std::string size_text(std::int64_t bytes) {
    for (const auto& unit : kSizeUnits) {
        if (bytes != 0 && bytes % unit.bytes == 0) {
            return std::to_string(bytes / unit.bytes) + std::string{unit.name};
        }
    }
    return "0";
}

}  // namespace cistern
