#include "json_text.hpp"

#include "console/printable.hpp"

namespace cisternctl {

std::string json_string(std::string_view text) {
    std::string out = "\"";
    for (std::string_view left = text; !left.empty();) {
        const std::size_t end = left.find('\n');
        for (const char c : console::printable(left.substr(0, end))) {
            out += c == '"' || c == '\\' ? "\\" : "";
            out += c;
        }
        out += end == std::string_view::npos ? "" : "\\n";
        left.remove_prefix(end == std::string_view::npos ? left.size() : end + 1);
    }
    return out + "\"";
}

}  // namespace cisternctl
