#include "sql/text.hpp"

namespace sandbox {
namespace {

std::string quoted(std::string_view text, char quote) {
    std::string out(1, quote);
    for (const char c : text) {
        out += c;
        if (c == quote) {
            out += c;
        }
    }
    return out += quote;
}

}  // namespace

std::string quote_string(std::string_view text) {
    return quoted(text, '\'');
}

std::string quote_name(std::string_view name) {
    return quoted(name, '"');
}

bool like(std::string_view text, std::string_view pattern, Case letters) {
    const auto same = [letters](char a, char b) {
        return a == b || (letters == Case::kIgnored && lower(a) == lower(b));
    };
    // Greedy with one point to fall back to, so that a hostile pattern costs no more than n * m.
    constexpr auto kNone = std::string_view::npos;
    std::size_t t = 0;
    std::size_t p = 0;
    std::size_t retry_pattern = kNone;
    std::size_t retry_text = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '%') {
            retry_pattern = ++p;
            retry_text = t;
            continue;
        }
        const bool escaped = p + 1 < pattern.size() && pattern[p] == '\\';
        const char wanted = p < pattern.size() ? pattern[p + (escaped ? 1 : 0)] : '\0';
        if (p < pattern.size() && ((!escaped && wanted == '_') || same(wanted, text[t]))) {
            p += escaped ? 2 : 1;
            ++t;
        } else if (retry_pattern != kNone) {
            p = retry_pattern;
            t = ++retry_text;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '%') {
        ++p;
    }
    return p == pattern.size();
}

}  // namespace sandbox
