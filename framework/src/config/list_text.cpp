#include "list_text.hpp"

#include <algorithm>

namespace cistern {

std::vector<std::string> split_list(std::string_view text, char separator) {
    constexpr std::string_view kBlanks = " \t\r\n\f";
    std::vector<std::string> items;
    while (true) {
        const auto end = std::min(text.find(separator), text.size());
        auto item = text.substr(0, end);
        item.remove_prefix(std::min(item.find_first_not_of(kBlanks), item.size()));
        item = item.substr(0, item.find_last_not_of(kBlanks) + 1);
        items.emplace_back(item);
        if (end == text.size()) {
            return items;
        }
        text.remove_prefix(end + 1);
    }
}

}  // namespace cistern
