#include "text_table.hpp"

#include "printable.hpp"

#include <algorithm>
#include <cstddef>

namespace console {

std::string TextTable::text() const {
    std::vector<std::size_t> widths(headers_.size());
    for (std::size_t i = 0; i < headers_.size(); ++i) {
        widths[i] = display_width(headers_[i]);
        for (const auto& row : rows_) {
            widths[i] = std::max(widths[i], i < row.size() ? display_width(printable(row[i])) : 0);
        }
    }
    std::string out = line(headers_, widths);
    for (const auto& row : rows_) {
        out += line(row, widths);
    }
    return out;
}

std::string TextTable::line(const std::vector<std::string>& cells,
                            const std::vector<std::size_t>& widths) const {
    std::string out;
    for (std::size_t i = 0; i < cells.size() && i < widths.size(); ++i) {
        const std::string cell = printable(cells[i]);
        const std::string padding(widths[i] - display_width(cell), ' ');
        out += i == 0 ? "" : "  ";
        out += cell + padding;
    }
    out.erase(out.find_last_not_of(' ') + 1);
    return out + "\n";
}

}  // namespace console
