#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace sandbox {

// A statement that cannot be done, told the way HiveServer2 tells it.
class SqlError : public std::runtime_error {
public:
    SqlError(const std::string& what, std::string state, int code)
        : std::runtime_error{what}, state_{std::move(state)}, code_{code} {}

    [[nodiscard]] const std::string& state() const noexcept { return state_; }
    [[nodiscard]] int code() const noexcept { return code_; }

private:
    std::string state_;
    int code_;
};

[[nodiscard]] SqlError syntax_error(const std::string& what);
[[nodiscard]] SqlError table_not_found(const std::string& table);
[[nodiscard]] SqlError database_not_found(const std::string& database);
[[nodiscard]] SqlError unsupported(const std::string& what);

// What a message of SQLite's means in Hive's terms.
[[nodiscard]] SqlError from_sqlite(std::string_view message);

}  // namespace sandbox
