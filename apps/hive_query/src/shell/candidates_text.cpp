#include "candidates_text.hpp"

#include "console/duration_text.hpp"
#include "console/printable.hpp"

#include <algorithm>
#include <cctype>

namespace hive_query {
namespace {

constexpr std::size_t kMostShown = 200;

[[nodiscard]] bool same_letter(char one, char other) noexcept {
    return std::tolower(static_cast<unsigned char>(one)) ==
           std::tolower(static_cast<unsigned char>(other));
}

}  // namespace

std::string insertion(const Candidates& found, std::string_view before_cursor) {
    if (found.words.empty()) {
        return {};
    }
    std::string common = found.words.front();
    for (const std::string& word : found.words) {
        const auto parting =
            std::mismatch(common.begin(), common.end(), word.begin(), word.end(), same_letter);
        common.erase(parting.first, common.end());
    }
    const std::size_t typed = std::min(found.typed, before_cursor.size());
    if (common.size() < typed) {
        return {};
    }
    std::string more = common.substr(typed);
    if (found.words.size() == 1) {
        more += ' ';
    }
    return more;
}

std::string list_text(const std::vector<std::string>& words, std::size_t columns) {
    const std::size_t shown = std::min(words.size(), kMostShown);
    std::size_t widest = 0;
    for (std::size_t i = 0; i < shown; ++i) {
        widest = std::max(widest, console::display_width(words[i]) + 2);
    }
    const std::size_t per_line =
        std::max<std::size_t>(1, columns / std::max<std::size_t>(1, widest));
    std::string text;
    for (std::size_t i = 0; i < shown; ++i) {
        text += words[i];
        const bool ends_line = (i + 1) % per_line == 0 || i + 1 == shown;
        text += ends_line ? "\n" : std::string(widest - console::display_width(words[i]), ' ');
    }
    if (shown < words.size()) {
        text += "... and " + console::count_text(words.size() - shown) + " more\n";
    }
    return text;
}

}  // namespace hive_query
