#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace sandbox {

struct Blob {
    std::string bytes;
    friend bool operator==(const Blob&, const Blob&) = default;
};

// A value as SQLite holds it; the first alternative is NULL.
using Cell = std::variant<std::monostate, std::int64_t, double, std::string, Blob>;
using Row = std::vector<Cell>;

[[nodiscard]] inline bool is_null(const Cell& cell) noexcept {
    return std::holds_alternative<std::monostate>(cell);
}

}  // namespace sandbox
