#include "sql/convert.hpp"
#include "sql/functions.hpp"
#include "sql/text.hpp"

#include <cistern/version.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <stdexcept>

namespace sandbox {
namespace {

constexpr std::int64_t kMaxSleep = 3'600'000;

Cell hive_cast(FunctionContext&, const Row& a) {
    const auto* name = std::get_if<std::string>(&a[1]);
    const auto type = name != nullptr ? parse_hive_type(*name) : std::nullopt;
    if (!type) {
        throw std::invalid_argument{
            "hive_cast: the second argument must be the name of a Hive type"};
    }
    return convert(a[0], *type);
}

Cell nvl(FunctionContext&, const Row& a) {
    return is_null(a[0]) ? a[1] : a[0];
}

// A value inside an array, map or struct: text is quoted, numbers are bare, nested values are taken
// as they are.
std::string inside(const Cell& value) {
    if (is_null(value)) {
        return "null";
    }
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr) {
        return display(value, {});
    }
    const bool nested = !text->empty() && (text->front() == '[' || text->front() == '{');
    if (nested) {
        return *text;
    }
    std::string out = "\"";
    for (const char c : *text) {
        if (c == '"' || c == '\\') {
            out += '\\';
        }
        out += c;
    }
    return out + '"';
}

Cell array(FunctionContext&, const Row& a) {
    std::string out = "[";
    for (const Cell& value : a) {
        out += (out.size() > 1 ? "," : "") + inside(value);
    }
    return out + ']';
}

// Keys that are no text stay bare, as Hive has them: no JSON, which is the point of trying it.
Cell pairs(FunctionContext&, const Row& a) {
    if (a.size() % 2 != 0) {
        throw std::invalid_argument{"map and named_struct take pairs of a name and a value"};
    }
    std::string out = "{";
    for (std::size_t i = 0; i < a.size(); i += 2) {
        out += (i > 0 ? "," : "") + inside(a[i]) + ':' + inside(a[i + 1]);
    }
    return out + '}';
}

Cell structure(FunctionContext&, const Row& a) {
    std::string out = "{";
    for (std::size_t i = 0; i < a.size(); ++i) {
        out += (i > 0 ? ",\"col" : "\"col") + std::to_string(i + 1) + "\":" + inside(a[i]);
    }
    return out + '}';
}

Cell create_union(FunctionContext&, const Row& a) {
    const auto tag = a.empty() ? Cell{} : convert(a[0], {TypeId::kInt});
    const auto* index = std::get_if<std::int64_t>(&tag);
    if (index == nullptr || *index < 0 || static_cast<std::size_t>(*index) + 1 >= a.size()) {
        throw std::invalid_argument{"create_union takes the number of a value and the values"};
    }
    return '{' + std::to_string(*index) + ':' + inside(a[static_cast<std::size_t>(*index) + 1]) +
           '}';
}

Cell sandbox_sleep(FunctionContext& context, const Row& a) {
    const Cell time = convert(a[0], {TypeId::kBigint});
    if (is_null(time) || context.control == nullptr) {
        return {};
    }
    const std::int64_t wish = std::clamp<std::int64_t>(std::get<std::int64_t>(time), 0, kMaxSleep);
    if (!context.control->sleep(std::chrono::milliseconds{wish})) {
        throw std::runtime_error{"interrupted"};
    }
    return wish;
}

Cell raise_error(FunctionContext&, const Row& a) {
    throw std::runtime_error{is_null(a[0]) ? "raise_error" : display(a[0], {})};
}

Cell current_database(FunctionContext& context, const Row&) {
    return context.database;
}

Cell current_user(FunctionContext& context, const Row&) {
    return context.user;
}

Cell version(FunctionContext&, const Row&) {
    return std::string{"hive-sandbox " CISTERN_VERSION};
}

}  // namespace

const std::vector<FunctionEntry>& other_functions() {
    static const std::vector<FunctionEntry> kTable{
        {"array", -1, array},
        {"create_union", -1, create_union},
        {"current_database", 0, current_database, false},
        {"current_user", 0, current_user, false},
        {"hive_cast", 2, hive_cast},
        {"logged_in_user", 0, current_user, false},
        {"map", -1, pairs},
        {"named_struct", -1, pairs},
        {"nvl", 2, nvl},
        {"raise_error", 1, raise_error, false},
        {"sandbox_sleep", 1, sandbox_sleep, false},
        {"struct", -1, structure},
        {"version", 0, version},
    };
    return kTable;
}

}  // namespace sandbox
