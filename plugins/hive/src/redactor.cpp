#include "redactor.hpp"

namespace hive {
namespace {

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Whether text[begin, end) goes on, on either side, as the same word.
bool is_part_of_word(std::string_view text, std::size_t begin, std::size_t end) {
    const bool goes_back = begin > 0 && is_word(text[begin - 1]) && is_word(text[begin]);
    return goes_back || (end < text.size() && is_word(text[end - 1]) && is_word(text[end]));
}

}  // namespace

std::string Redactor::operator()(std::string_view text) const {
    const std::string_view hidden = password_.reveal();
    if (hidden.empty()) {
        return std::string{text};
    }
    std::string shown;
    std::size_t begin = 0;
    for (auto found = text.find(hidden); found != std::string_view::npos;
         found = text.find(hidden, begin)) {
        const auto end = found + hidden.size();
        const bool is_shown = is_part_of_word(text, found, end);
        shown.append(text.substr(begin, (is_shown ? end : found) - begin));
        shown.append(is_shown ? "" : "***");
        begin = end;
    }
    return shown.append(text.substr(begin));
}

}  // namespace hive
