#include "sql/functions.hpp"

#include "sql/sql_error.hpp"

#include <sqlite3.h>

#include <array>
#include <cstddef>
#include <exception>

namespace sandbox {
namespace {

Cell to_cell(sqlite3_value* value) {
    const auto bytes = [value](const void* data) {
        const auto size = static_cast<std::size_t>(sqlite3_value_bytes(value));
        return data == nullptr ? std::string{} : std::string{static_cast<const char*>(data), size};
    };
    switch (sqlite3_value_type(value)) {
        case SQLITE_INTEGER:
            return std::int64_t{sqlite3_value_int64(value)};
        case SQLITE_FLOAT:
            return sqlite3_value_double(value);
        case SQLITE_TEXT:
            return bytes(sqlite3_value_text(value));
        case SQLITE_BLOB:
            return Blob{bytes(sqlite3_value_blob(value))};
        default:
            return {};
    }
}

struct SetResult {
    sqlite3_context* to;

    void operator()(std::monostate) const { sqlite3_result_null(to); }
    void operator()(std::int64_t value) const { sqlite3_result_int64(to, value); }
    void operator()(double value) const { sqlite3_result_double(to, value); }
    void operator()(const std::string& value) const {
        sqlite3_result_text64(to, value.data(), value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    }
    void operator()(const Blob& value) const {
        sqlite3_result_blob64(to, value.bytes.data(), value.bytes.size(), SQLITE_TRANSIENT);
    }
};

void call(sqlite3_context* context, int count, sqlite3_value** values) {
    const auto* binding = static_cast<FunctionBinding*>(sqlite3_user_data(context));
    try {
        Row arguments;
        arguments.reserve(static_cast<std::size_t>(count));
        for (int i = 0; i < count; ++i) {
            arguments.push_back(to_cell(values[i]));
        }
        std::visit(SetResult{context}, binding->entry->call(*binding->context, arguments));
    } catch (const std::exception& e) {
        sqlite3_result_error(context, e.what(), -1);
    }
}

std::array<const std::vector<FunctionEntry>*, 3> tables() {
    return {&text_functions(), &time_functions(), &other_functions()};
}

}  // namespace

std::vector<FunctionBinding> add_functions(sqlite3* db, FunctionContext& context) {
    std::vector<FunctionBinding> bindings;
    for (const auto* table : tables()) {
        for (const FunctionEntry& entry : *table) {
            bindings.push_back({&entry, &context});
        }
    }
    for (FunctionBinding& binding : bindings) {
        const FunctionEntry& entry = *binding.entry;
        const int flags = SQLITE_UTF8 | (entry.deterministic ? SQLITE_DETERMINISTIC : 0);
        sqlite3_create_function_v2(
            db, entry.name, entry.arguments, flags, &binding, call, nullptr, nullptr, nullptr);
    }
    return bindings;
}

std::vector<std::string_view> function_names() {
    std::vector<std::string_view> names;
    for (const auto* table : tables()) {
        for (const FunctionEntry& entry : *table) {
            if (names.empty() || names.back() != entry.name) {
                names.emplace_back(entry.name);
            }
        }
    }
    return names;
}

}  // namespace sandbox
