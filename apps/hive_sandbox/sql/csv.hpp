#pragma once

#include "sql/catalog.hpp"
#include "sql/cell.hpp"
#include "sql/statement.hpp"

#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <vector>

namespace sandbox {

// Reads one record: fields between commas, or tabs, with quotes where they are needed; a field may
// hold line ends inside its quotes. An empty field without quotes is NULL.
//
// Errors:         std::runtime_error with the line.
class CsvReader {
public:
    CsvReader(std::istream& in, char delimiter) : in_{in}, delimiter_{delimiter} {}

    // False at the end.
    [[nodiscard]] bool next(std::vector<std::optional<std::string>>& record);
    // Of the record that was read last.
    [[nodiscard]] std::int64_t line() const noexcept { return line_; }

private:
    std::istream& in_;
    char delimiter_;
    std::int64_t line_ = 0;
    std::int64_t lines_read_ = 0;
};

// The narrowest type that holds every text: bigint, double, date, timestamp, boolean, else string.
class TypeGuess {
public:
    void look_at(const std::string& text);
    [[nodiscard]] SqlType type() const;

private:
    unsigned possible_ = ~0U;  // one bit per candidate
    bool seen_ = false;
};

// Makes a table of a CSV file, and the database where it is missing; returns the number of rows. A
// header field "name:type" fixes the type of its column. Throws std::runtime_error, SqlError.
std::int64_t load_csv(Catalog& catalog, const std::string& table, const std::string& path);

}  // namespace sandbox
