#include "sql/sql_type.hpp"

#include "sql/text.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace sandbox {
namespace {

constexpr int kMaxPrecision = 38;
constexpr int kDefaultPrecision = 10;
constexpr int kMaxVarchar = 65535;
constexpr int kMaxChar = 255;

struct Name {
    std::string_view text;
    TypeId id;
    int jdbc;
};

// The first name of a type is the one it is shown by.
constexpr std::array kNames{
    Name{"boolean", TypeId::kBoolean, 16},
    Name{"tinyint", TypeId::kTinyint, -6},
    Name{"smallint", TypeId::kSmallint, 5},
    Name{"int", TypeId::kInt, 4},
    Name{"integer", TypeId::kInt, 4},
    Name{"bigint", TypeId::kBigint, -5},
    Name{"float", TypeId::kFloat, 6},
    Name{"double", TypeId::kDouble, 8},
    Name{"double precision", TypeId::kDouble, 8},
    Name{"real", TypeId::kDouble, 8},
    Name{"string", TypeId::kString, 12},
    Name{"text", TypeId::kString, 12},
    Name{"timestamp", TypeId::kTimestamp, 93},
    Name{"datetime", TypeId::kTimestamp, 93},
    Name{"binary", TypeId::kBinary, -2},
    Name{"blob", TypeId::kBinary, -2},
    Name{"array", TypeId::kArray, 2003},
    Name{"map", TypeId::kMap, 2000},
    Name{"struct", TypeId::kStruct, 2002},
    Name{"uniontype", TypeId::kUnion, 1111},
    Name{"decimal", TypeId::kDecimal, 3},
    Name{"numeric", TypeId::kDecimal, 3},
    Name{"dec", TypeId::kDecimal, 3},
    Name{"void", TypeId::kNull, 0},
    Name{"null", TypeId::kNull, 0},
    Name{"date", TypeId::kDate, 91},
    Name{"varchar", TypeId::kVarchar, 12},
    Name{"char", TypeId::kChar, 1},
    Name{"interval_year_month", TypeId::kIntervalYearMonth, 1111},
    Name{"interval year to month", TypeId::kIntervalYearMonth, 1111},
    Name{"interval_day_time", TypeId::kIntervalDayTime, 1111},
    Name{"interval day to second", TypeId::kIntervalDayTime, 1111},
    Name{"timestamp with local time zone", TypeId::kTimestampLocalTz, 2014},
    Name{"timestamp_ltz", TypeId::kTimestampLocalTz, 2014},
};

// One blank between words, none around brackets and commas, lower case: "MAP < string , int >" is
// the same type as "map<string,int>".
std::string normalised(std::string_view text) {
    constexpr std::string_view kOpens = "<(,:";
    constexpr std::string_view kTight = "<>(),:";
    std::string out;
    for (const char c : trim(text)) {
        if (is_space(c)) {
            if (!out.empty() && out.back() != ' ' &&
                kOpens.find(out.back()) == std::string_view::npos) {
                out += ' ';
            }
            continue;
        }
        if (kTight.find(c) != std::string_view::npos && !out.empty() && out.back() == ' ') {
            out.pop_back();
        }
        out += lower(c);
    }
    return out;
}

const Name* find_name(std::string_view text) {
    for (const Name& name : kNames) {
        if (name.text == text) {
            return &name;
        }
    }
    return nullptr;
}

bool parse_number(std::string_view text, int& out) {
    text = trim(text);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && end == text.data() + text.size();
}

bool set_parameters(SqlType& type, std::string_view inside) {
    if (type.id == TypeId::kDecimal) {
        const auto comma = inside.find(',');
        type.scale = 0;
        if (!parse_number(inside.substr(0, comma), type.precision) ||
            (comma != std::string_view::npos &&
             !parse_number(inside.substr(comma + 1), type.scale))) {
            return false;
        }
        return type.precision >= 1 && type.precision <= kMaxPrecision && type.scale >= 0 &&
               type.scale <= type.precision;
    }
    if (type.id == TypeId::kVarchar || type.id == TypeId::kChar) {
        const int most = type.id == TypeId::kChar ? kMaxChar : kMaxVarchar;
        return parse_number(inside, type.length) && type.length >= 1 && type.length <= most;
    }
    return false;
}

std::optional<SqlType> of_foreign_declaration(const std::string& text) {
    const std::string word = text.substr(0, text.find('('));
    const auto has = [&word](std::string_view part) {
        return word.find(part) != std::string::npos;
    };
    if (has("int")) {
        return SqlType{TypeId::kBigint};
    }
    if (has("char") || has("clob") || has("text")) {
        return SqlType{TypeId::kString};
    }
    if (has("bool")) {
        return SqlType{TypeId::kBoolean};
    }
    if (has("real") || has("floa") || has("doub") || has("num") || has("dec")) {
        return SqlType{TypeId::kDouble};
    }
    return std::nullopt;
}

}  // namespace

std::string to_string(const SqlType& type) {
    if (!type.nested.empty()) {
        return type.nested;
    }
    std::string name = "string";
    for (const Name& known : kNames) {
        if (known.id == type.id) {
            name = known.text;
            break;
        }
    }
    if (type.id == TypeId::kDecimal) {
        name += '(' + std::to_string(type.precision) + ',' + std::to_string(type.scale) + ')';
    } else if (type.length > 0) {
        name += '(' + std::to_string(type.length) + ')';
    }
    return name;
}

std::optional<SqlType> parse_hive_type(std::string_view text) {
    const std::string norm = normalised(text);
    const auto bracket = norm.find_first_of("<(");
    const Name* name = find_name(std::string_view{norm}.substr(0, bracket));
    if (name == nullptr) {
        return std::nullopt;
    }
    SqlType type{name->id};
    if (is_nested(type.id)) {
        type.nested = norm;
        if (bracket == std::string::npos) {
            return type;
        }
        return norm[bracket] == '<' && norm.back() == '>' ? std::optional{type} : std::nullopt;
    }
    if (bracket == std::string::npos) {
        if (type.id == TypeId::kDecimal) {
            type.precision = kDefaultPrecision;
        }
        const bool needs_length = type.id == TypeId::kVarchar || type.id == TypeId::kChar;
        return needs_length ? std::nullopt : std::optional{type};
    }
    if (norm[bracket] != '(' || norm.back() != ')' ||
        !set_parameters(type,
                        std::string_view{norm}.substr(bracket + 1, norm.size() - bracket - 2))) {
        return std::nullopt;
    }
    return type;
}

std::string declaration_of(const SqlType& type) {
    const std::string name = to_string(type);
    switch (type.id) {
        case TypeId::kBoolean:
        case TypeId::kTinyint:
        case TypeId::kSmallint:
        case TypeId::kInt:
        case TypeId::kBigint:
        case TypeId::kFloat:
        case TypeId::kDouble:
            return name;
        case TypeId::kDecimal:
        case TypeId::kBinary:
            return quote_name(name + " blob");
        default:
            return quote_name(name + " text");
    }
}

std::optional<SqlType> type_of_declaration(std::string_view declared) {
    std::string text = normalised(declared);
    if (text.empty()) {
        return std::nullopt;
    }
    // SQLite's INTEGER has 64 bits, Hive's has 32; we never write that word ourselves.
    if (text == "integer") {
        return SqlType{TypeId::kBigint};
    }
    for (const std::string_view suffix : {" text", " blob"}) {
        if (text.size() > suffix.size() && std::string_view{text}.ends_with(suffix)) {
            text.resize(text.size() - suffix.size());
            break;
        }
    }
    if (auto type = parse_hive_type(text)) {
        return type;
    }
    return of_foreign_declaration(text);
}

bool is_integer(TypeId id) noexcept {
    return id == TypeId::kTinyint || id == TypeId::kSmallint || id == TypeId::kInt ||
           id == TypeId::kBigint;
}

bool is_text(TypeId id) noexcept {
    return id == TypeId::kString || id == TypeId::kVarchar || id == TypeId::kChar;
}

bool is_nested(TypeId id) noexcept {
    return id == TypeId::kArray || id == TypeId::kMap || id == TypeId::kStruct ||
           id == TypeId::kUnion;
}

int jdbc_type(TypeId id) noexcept {
    for (const Name& name : kNames) {
        if (name.id == id) {
            return name.jdbc;
        }
    }
    return 1111;
}

}  // namespace sandbox
