#include "sql/outline.hpp"
#include "sql/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

namespace sandbox {
namespace {

using Type = std::optional<SqlType>;
using Sources = std::vector<Source>;

enum class Result { kType, kFirstArgument, kSecondArgument, kLastArgument, kSum };

struct Known {
    std::string_view name;
    Result result;
    TypeId type = TypeId::kString;
};

constexpr std::array kKnownFunctions{
    Known{"count", Result::kType, TypeId::kBigint},
    Known{"sum", Result::kSum},
    Known{"avg", Result::kType, TypeId::kDouble},
    Known{"min", Result::kFirstArgument},
    Known{"max", Result::kFirstArgument},
    Known{"abs", Result::kFirstArgument},
    Known{"coalesce", Result::kLastArgument},
    Known{"nvl", Result::kLastArgument},
    Known{"iif", Result::kSecondArgument},
    Known{"nullif", Result::kFirstArgument},
    Known{"lag", Result::kFirstArgument},
    Known{"lead", Result::kFirstArgument},
    Known{"first_value", Result::kFirstArgument},
    Known{"last_value", Result::kFirstArgument},
    Known{"row_number", Result::kType, TypeId::kInt},
    Known{"rank", Result::kType, TypeId::kInt},
    Known{"dense_rank", Result::kType, TypeId::kInt},
    Known{"ntile", Result::kType, TypeId::kInt},
    Known{"length", Result::kType, TypeId::kInt},
    Known{"instr", Result::kType, TypeId::kInt},
    Known{"locate", Result::kType, TypeId::kInt},
    Known{"year", Result::kType, TypeId::kInt},
    Known{"month", Result::kType, TypeId::kInt},
    Known{"day", Result::kType, TypeId::kInt},
    Known{"hour", Result::kType, TypeId::kInt},
    Known{"minute", Result::kType, TypeId::kInt},
    Known{"second", Result::kType, TypeId::kInt},
    Known{"datediff", Result::kType, TypeId::kInt},
    Known{"unix_timestamp", Result::kType, TypeId::kBigint},
    Known{"sandbox_sleep", Result::kType, TypeId::kBigint},
    Known{"to_date", Result::kType, TypeId::kDate},
    Known{"date_add", Result::kType, TypeId::kDate},
    Known{"date_sub", Result::kType, TypeId::kDate},
    Known{"array", Result::kType, TypeId::kArray},
    Known{"json_group_array", Result::kType, TypeId::kArray},
    Known{"map", Result::kType, TypeId::kMap},
    Known{"struct", Result::kType, TypeId::kStruct},
    Known{"named_struct", Result::kType, TypeId::kStruct},
    Known{"create_union", Result::kType, TypeId::kUnion},
    Known{"regexp", Result::kType, TypeId::kBoolean},
    Known{"round", Result::kType, TypeId::kDouble},
    Known{"floor", Result::kType, TypeId::kBigint},
    Known{"ceil", Result::kType, TypeId::kBigint},
    Known{"ceiling", Result::kType, TypeId::kBigint},
    Known{"sqrt", Result::kType, TypeId::kDouble},
    Known{"pow", Result::kType, TypeId::kDouble},
    Known{"power", Result::kType, TypeId::kDouble},
    Known{"exp", Result::kType, TypeId::kDouble},
    Known{"ln", Result::kType, TypeId::kDouble},
    Known{"concat", Result::kType},
    Known{"concat_ws", Result::kType},
    Known{"upper", Result::kType},
    Known{"lower", Result::kType},
    Known{"substr", Result::kType},
    Known{"substring", Result::kType},
    Known{"trim", Result::kType},
    Known{"ltrim", Result::kType},
    Known{"rtrim", Result::kType},
    Known{"replace", Result::kType},
    Known{"lpad", Result::kType},
    Known{"rpad", Result::kType},
    Known{"repeat", Result::kType},
    Known{"reverse", Result::kType},
    Known{"regexp_replace", Result::kType},
    Known{"regexp_extract", Result::kType},
    Known{"from_unixtime", Result::kType},
    Known{"current_user", Result::kType},
    Known{"current_database", Result::kType},
    Known{"version", Result::kType},
    Known{"raise_error", Result::kType, TypeId::kNull},
};

// Every operator that makes a boolean, from the loosest binding inwards.
constexpr std::array<std::string_view, 17> kBoolean{"or",
                                                    "and",
                                                    "not",
                                                    "=",
                                                    "==",
                                                    "<>",
                                                    "!=",
                                                    "<",
                                                    ">",
                                                    "<=",
                                                    ">=",
                                                    "is",
                                                    "in",
                                                    "like",
                                                    "regexp",
                                                    "between",
                                                    "exists"};
constexpr std::array<std::string_view, 2> kSums{"+", "-"};
constexpr std::array<std::string_view, 3> kProducts{"*", "/", "%"};

Type column_type(TokenSpan path, const Sources& sources) {
    const bool qualified = path.size() >= 3;
    const std::string& name = path.back().text;
    for (const Source& source : sources) {
        if (qualified && !same_word(source.name, path[path.size() - 3].text)) {
            continue;
        }
        for (const OutlineColumn& column : source.columns) {
            if (same_word(column.name, name)) {
                return column.type;
            }
        }
    }
    return std::nullopt;
}

Type number_type(const std::string& text) {
    if (text.find_first_of(".eE") != std::string::npos) {
        return SqlType{TypeId::kDouble};
    }
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return SqlType{std::in_range<std::int32_t>(value) && text.size() < 11 ? TypeId::kInt
                                                                          : TypeId::kBigint};
}

Type single(const Token& token, const Sources& sources) {
    switch (token.kind) {
        case TokenKind::kString:
            return SqlType{TypeId::kString};
        case TokenKind::kNumber:
            return number_type(token.text);
        case TokenKind::kSymbol:
            return std::nullopt;
        default:
            break;
    }
    if (token.is("null")) {
        return SqlType{TypeId::kNull};
    }
    if (token.is("true") || token.is("false")) {
        return SqlType{TypeId::kBoolean};
    }
    if (token.is("current_date")) {
        return SqlType{TypeId::kDate};
    }
    if (token.is("current_timestamp")) {
        return SqlType{TypeId::kTimestamp};
    }
    const auto column = column_type({&token, 1}, sources);
    // SQLite takes a "name" that names nothing for a text.
    return column || token.kind != TokenKind::kDoubleQuoted ? column : SqlType{TypeId::kString};
}

Type sum_type(const Type& argument) {
    if (!argument) {
        return std::nullopt;
    }
    if (argument->id == TypeId::kDecimal) {
        constexpr int kMore = 10;
        constexpr int kMost = 38;
        return SqlType{
            TypeId::kDecimal, 0, std::min(argument->precision + kMore, kMost), argument->scale};
    }
    return SqlType{is_integer(argument->id) ? TypeId::kBigint : TypeId::kDouble};
}

Type nested_type(TypeId id) {
    SqlType type{id};
    type.nested = to_string(type);
    return type;
}

Type function_type(const Known& known,
                   const std::vector<TokenSpan>& arguments,
                   const Sources& sources) {
    if (known.result == Result::kType) {
        return is_nested(known.type) ? nested_type(known.type) : SqlType{known.type};
    }
    // The wanted argument first; where it is NULL or unknown, any other one tells.
    std::size_t wanted = known.result == Result::kSecondArgument ? 1 : 0;
    for (std::size_t i = wanted; i < arguments.size(); ++i) {
        const Type type = type_of_expression(arguments[i], sources);
        if (known.result == Result::kSum) {
            return sum_type(type);
        }
        if (type && type->id != TypeId::kNull) {
            return type;
        }
    }
    return std::nullopt;
}

// f(...) [FILTER (...)] [OVER (...)], all of it.
Type call_type(TokenSpan e, const Sources& sources) {
    const std::size_t close = closing(e, 1);
    std::size_t end = close + 1;
    while (end + 1 < e.size() && (e[end].is("over") || e[end].is("filter"))) {
        end = e[end + 1].is_symbol("(") ? closing(e, end + 1) + 1 : end + 2;
    }
    if (end != e.size()) {
        return std::nullopt;
    }
    const auto arguments = split_commas(e.subspan(2, close - 2));
    if (e[0].is("hive_cast") && arguments.size() == 2 && arguments[1].size() == 1) {
        return parse_hive_type(arguments[1].front().text);
    }
    for (const Known& known : kKnownFunctions) {
        if (e[0].is(known.name)) {
            return function_type(known, arguments, sources);
        }
    }
    return std::nullopt;
}

// CASE ... END: the first THEN or ELSE that has a type.
Type case_type(TokenSpan e, const Sources& sources) {
    constexpr std::array<std::string_view, 2> kBranch{"then", "else"};
    constexpr std::array<std::string_view, 3> kEnd{"when", "else", "end"};
    for (std::size_t at = find_outside(e, 1, kBranch); at < e.size();
         at = find_outside(e, at + 1, kBranch)) {
        const std::size_t end = find_outside(e, at + 1, kEnd);
        const Type type = type_of_expression(e.subspan(at + 1, end - at - 1), sources);
        if (type && type->id != TypeId::kNull) {
            return type;
        }
    }
    return std::nullopt;
}

Type wider(const Type& a, const Type& b) {
    if (!a || !b) {
        return std::nullopt;
    }
    if (is_integer(a->id) && is_integer(b->id)) {
        return a->id > b->id ? a : b;
    }
    const auto counts = [](const Type& t) {
        return is_integer(t->id) || t->id == TypeId::kFloat || t->id == TypeId::kDouble ||
               t->id == TypeId::kDecimal;
    };
    return counts(a) && counts(b) ? Type{SqlType{TypeId::kDouble}} : std::nullopt;
}

// The last operator of the loosest kind that has something on its left splits the expression.
std::size_t last_operator(TokenSpan e, std::span<const std::string_view> operators) {
    std::size_t found = e.size();
    for (std::size_t at = find_outside(e, 1, operators); at < e.size();
         at = find_outside(e, at + 1, operators)) {
        if (e[at - 1].kind != TokenKind::kSymbol || e[at - 1].is_symbol(")")) {
            found = at;
        }
    }
    return found;
}

Type arithmetic(TokenSpan e, const Sources& sources) {
    constexpr std::array<std::string_view, 1> kConcat{"||"};
    if (find_outside(e, 1, kConcat) < e.size()) {
        return SqlType{TypeId::kString};
    }
    std::size_t at = last_operator(e, kSums);
    if (at == e.size()) {
        at = last_operator(e, kProducts);
    }
    if (at == e.size()) {
        return std::nullopt;
    }
    return wider(type_of_expression(e.first(at), sources),
                 type_of_expression(e.subspan(at + 1), sources));
}

}  // namespace

std::optional<SqlType> type_of_expression(TokenSpan e, const std::vector<Source>& sources) {
    if (e.empty()) {
        return std::nullopt;
    }
    if (e.size() == 1) {
        return single(e.front(), sources);
    }
    if (e.front().is_symbol("(") && closing(e, 0) == e.size() - 1) {
        return type_of_expression(e.subspan(1, e.size() - 2), sources);
    }
    if (e.front().is("case") && e.back().is("end")) {
        return case_type(e, sources);
    }
    if (find_outside(e, 0, kBoolean) < e.size()) {
        return SqlType{TypeId::kBoolean};
    }
    if (e.front().is_symbol("-") || e.front().is_symbol("+")) {
        if (const auto rest = type_of_expression(e.subspan(1), sources)) {
            return rest;
        }
    }
    const bool path =
        (e.size() == 3 && e[1].is_symbol(".")) || (e.size() == 5 && e[3].is_symbol("."));
    if (path) {
        return column_type(e, sources);
    }
    if (e.front().is_name() && e[1].is_symbol("(")) {
        if (auto type = call_type(e, sources)) {
            return type;
        }
    }
    return arithmetic(e, sources);
}

}  // namespace sandbox
