#include "redactor.hpp"

namespace hive {

std::string Redactor::operator()(std::string_view text) const {
    const std::string_view hidden = password_.reveal();
    if (hidden.empty()) {
        return std::string{text};
    }
    std::string shown;
    std::size_t begin = 0;
    for (auto found = text.find(hidden); found != std::string_view::npos;
         found = text.find(hidden, begin)) {
        shown.append(text.substr(begin, found - begin)).append("***");
        begin = found + hidden.size();
    }
    return shown.append(text.substr(begin));
}

}  // namespace hive
