#include "fetch_rows.hpp"

#include <cstring>
#include <optional>
#include <type_traits>

namespace cistern::fuzz {
namespace {

using hive::rpc::TColumnValue;

// Calls `visit` with the number of the member that is set, and with that member.
template <class Visit>
auto with_member(const TColumnValue& cell, Visit visit) {
    const auto& set = cell.__isset;
    if (set.boolVal) {
        return visit(0, cell.boolVal);
    }
    if (set.byteVal) {
        return visit(1, cell.byteVal);
    }
    if (set.i16Val) {
        return visit(2, cell.i16Val);
    }
    if (set.i32Val) {
        return visit(3, cell.i32Val);
    }
    if (set.i64Val) {
        return visit(4, cell.i64Val);
    }
    if (set.doubleVal) {
        return visit(5, cell.doubleVal);
    }
    return visit(set.stringVal ? 6 : -1, cell.stringVal);
}

int member_of(const TColumnValue& cell) {
    return with_member(cell, [](int member, const auto&) { return member; });
}

template <class Value>
bool is_same(const Value& value, const hive::Column& column, std::size_t row) {
    if constexpr (std::is_same_v<Value, std::string>) {
        const auto* const texts = std::get_if<hive::Texts>(&column.values);
        return texts != nullptr && (*texts)[row] == value;
    } else {
        using Held = std::conditional_t<std::is_same_v<Value, bool>, std::uint8_t, Value>;
        const auto* const values = std::get_if<std::vector<Held>>(&column.values);
        const auto wanted = static_cast<Held>(value);
        return values != nullptr && std::memcmp(&wanted, &(*values)[row], sizeof(Held)) == 0;
    }
}

bool is_same(const TColumnValue& cell, const hive::Column& column, std::size_t row) {
    return with_member(cell, [&](int, const auto& typed) {
        return typed.__isset.value ? !column.is_null(row) && is_same(typed.value, column, row)
                                   : column.is_null(row);
    });
}

}  // namespace

bool is_even(const std::vector<hive::rpc::TRow>& rows) {
    for (const auto& row : rows) {
        if (row.colVals.size() != rows.front().colVals.size()) {
            return false;
        }
        for (std::size_t at = 0; at < row.colVals.size(); ++at) {
            const auto member = member_of(row.colVals[at]);
            if (member < 0 || member != member_of(rows.front().colVals[at])) {
                return false;
            }
        }
    }
    return true;
}

std::string row_difference(const std::vector<hive::rpc::TRow>& rows, const hive::Batch& batch) {
    if (batch.rows != rows.size()) {
        return "number of rows";
    }
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto& cells = rows[row].colVals;
        if (cells.size() != batch.columns.size()) {
            return "number of columns";
        }
        for (std::size_t at = 0; at < cells.size(); ++at) {
            if (batch.columns[at].size() != rows.size() ||
                !is_same(cells[at], batch.columns[at], row)) {
                return "row " + std::to_string(row) + ", column " + std::to_string(at);
            }
        }
    }
    return {};
}

}  // namespace cistern::fuzz
