#pragma once

#include <string>
#include <vector>

namespace console {

// Rows of cells lined up under their headers, for what is small enough to be held: the first column
// comes flush left, as do all others unless `right` names them.
class TextTable {
public:
    explicit TextTable(std::vector<std::string> headers) : headers_{std::move(headers)} {}

    void align_right(std::size_t column) { right_.push_back(column); }
    // A row may have fewer cells than there are headers.
    void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
    [[nodiscard]] std::string text() const;

private:
    [[nodiscard]] std::string line(const std::vector<std::string>& cells,
                                   const std::vector<std::size_t>& widths) const;

    std::vector<std::string> headers_;
    std::vector<std::vector<std::string>> rows_;
    std::vector<std::size_t> right_;
};

}  // namespace console
