#pragma once

#include <string>
#include <vector>

namespace console {

// Rows of cells lined up flush left under their headers, for what is small enough to be held.
class TextTable {
public:
    explicit TextTable(std::vector<std::string> headers) : headers_{std::move(headers)} {}

    // A row may have fewer cells than there are headers.
    void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
    [[nodiscard]] std::string text() const;

private:
    [[nodiscard]] std::string line(const std::vector<std::string>& cells,
                                   const std::vector<std::size_t>& widths) const;

    std::vector<std::string> headers_;
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace console
