#include "sql/convert.hpp"
#include "sql/functions.hpp"
#include "sql/text.hpp"

#include <Poco/RegularExpression.h>

#include <algorithm>
#include <cstdint>
#include <stdexcept>

namespace sandbox {
namespace {

using Poco::RegularExpression;

constexpr std::int64_t kMaxText = 16 << 20;

bool has_null(const Row& arguments) {
    return std::any_of(arguments.begin(), arguments.end(), is_null);
}

std::string text(const Cell& value) {
    return std::get<std::string>(convert(value, {TypeId::kString}));
}

std::int64_t whole(const Cell& value) {
    const Cell number = convert(value, {TypeId::kBigint});
    return is_null(number) ? 0 : std::get<std::int64_t>(number);
}

// Most functions of Hive give NULL as soon as one argument is NULL.
template <Cell (*kCall)(const Row&)>
Cell strict(FunctionContext&, const Row& arguments) {
    return has_null(arguments) ? Cell{} : kCall(arguments);
}

Cell concat(const Row& a) {
    std::string out;
    for (const Cell& part : a) {
        out += text(part);
    }
    return out;
}

Cell concat_ws(FunctionContext&, const Row& a) {
    if (a.empty() || is_null(a.front())) {
        return {};
    }
    std::string out;
    bool first = true;
    for (std::size_t i = 1; i < a.size(); ++i) {
        if (!is_null(a[i])) {
            out += first ? "" : text(a.front());
            out += text(a[i]);
            first = false;
        }
    }
    return out;
}

Cell regexp(const Row& a) {
    return std::int64_t{
        RegularExpression{text(a[0]), RegularExpression::RE_UTF8}.match(text(a[1]), 0, 0) ? 1 : 0};
}

Cell regexp_replace(const Row& a) {
    std::string subject = text(a[0]);
    RegularExpression{text(a[1]), RegularExpression::RE_UTF8}.subst(
        subject, text(a[2]), RegularExpression::RE_GLOBAL);
    return subject;
}

Cell regexp_extract(const Row& a) {
    const std::string subject = text(a[0]);
    const std::int64_t group = a.size() > 2 ? whole(a[2]) : 1;
    std::vector<std::string> groups;
    RegularExpression{text(a[1]), RegularExpression::RE_UTF8}.split(subject, groups);
    const bool found = group >= 0 && static_cast<std::size_t>(group) < groups.size();
    return found ? groups[static_cast<std::size_t>(group)] : std::string{};
}

Cell like_function(const Row& a) {
    return std::int64_t{like(text(a[1]), text(a[0]), Case::kMatters)};
}

std::string repeated(const std::string& part, std::int64_t times) {
    if (times > 0 && static_cast<std::int64_t>(part.size()) > kMaxText / times) {
        throw std::length_error{"the text would be too long"};
    }
    std::string out;
    for (std::int64_t i = 0; i < times; ++i) {
        out += part;
    }
    return out;
}

Cell repeat(const Row& a) {
    return repeated(text(a[0]), whole(a[1]));
}

Cell space(const Row& a) {
    return repeated(" ", whole(a[0]));
}

Cell reverse(const Row& a) {
    const std::string subject = text(a[0]);
    std::string out;
    std::string character;
    // From the back, one UTF-8 character at a time.
    for (auto i = subject.rbegin(); i != subject.rend(); ++i) {
        character.insert(character.begin(), *i);
        if ((static_cast<unsigned char>(*i) & 0xC0U) != 0x80U) {
            out += character;
            character.clear();
        }
    }
    return out + character;
}

std::string padding(const Row& a, std::int64_t missing) {
    const std::string pad = text(a[2]);
    if (pad.empty() || missing <= 0) {
        return {};
    }
    const auto size = static_cast<std::int64_t>(pad.size());
    return repeated(pad, missing / size + 1).substr(0, static_cast<std::size_t>(missing));
}

Cell lpad(const Row& a) {
    const std::string subject = text(a[0]);
    const std::int64_t want = std::clamp<std::int64_t>(whole(a[1]), 0, kMaxText);
    const auto missing = want - static_cast<std::int64_t>(subject.size());
    return padding(a, missing) + subject.substr(0, static_cast<std::size_t>(want));
}

Cell rpad(const Row& a) {
    const std::string subject = text(a[0]);
    const std::int64_t want = std::clamp<std::int64_t>(whole(a[1]), 0, kMaxText);
    const auto missing = want - static_cast<std::int64_t>(subject.size());
    return subject.substr(0, static_cast<std::size_t>(want)) + padding(a, missing);
}

Cell locate(const Row& a) {
    const auto at = text(a[1]).find(text(a[0]));
    return at == std::string::npos ? std::int64_t{0} : static_cast<std::int64_t>(at) + 1;
}

}  // namespace

const std::vector<FunctionEntry>& text_functions() {
    static const std::vector<FunctionEntry> kTable{
        {"concat", -1, strict<concat>},
        {"concat_ws", -1, concat_ws},
        {"like", 2, strict<like_function>},
        {"locate", 2, strict<locate>},
        {"lpad", 3, strict<lpad>},
        {"regexp", 2, strict<regexp>},
        {"regexp_extract", 2, strict<regexp_extract>},
        {"regexp_extract", 3, strict<regexp_extract>},
        {"regexp_replace", 3, strict<regexp_replace>},
        {"repeat", 2, strict<repeat>},
        {"reverse", 1, strict<reverse>},
        {"rpad", 3, strict<rpad>},
        {"space", 1, strict<space>},
    };
    return kTable;
}

}  // namespace sandbox
