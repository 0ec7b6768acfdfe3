#include "sql/expressions.hpp"

#include "sql/sql_error.hpp"
#include "sql/sql_type.hpp"
#include "sql/text.hpp"

#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace sandbox {
namespace {

struct Rename {
    std::string_view hive;
    std::string_view sqlite;
};

constexpr std::array kFunctions{
    Rename{"if", "iif"},
    Rename{"greatest", "max"},
    Rename{"least", "min"},
    Rename{"ucase", "upper"},
    Rename{"lcase", "lower"},
    Rename{"user", "current_user"},
    Rename{"collect_list", "json_group_array"},
};

constexpr std::array kSuffixes{
    Rename{"BD", "decimal(38,18)"},
    Rename{"L", "bigint"},
    Rename{"S", "smallint"},
    Rename{"Y", "tinyint"},
    Rename{"D", "double"},
    Rename{"F", "float"},
};

Token symbol(std::string_view text, bool blank = false) {
    return {TokenKind::kSymbol, std::string{text}, blank};
}
Token word(std::string_view text, bool blank = true) {
    return {TokenKind::kWord, std::string{text}, blank};
}

class Rewriter {
public:
    explicit Rewriter(TokenSpan in) : in_{in} {}

    Tokens run() {
        while (at_ < in_.size()) {
            if (!certain_name() && !function() && !typed_literal() && !name() && !operation()) {
                copy();
            }
        }
        return std::move(out_);
    }

private:
    [[nodiscard]] const Token* peek(std::size_t ahead) const {
        return at_ + ahead < in_.size() ? &in_[at_ + ahead] : nullptr;
    }
    [[nodiscard]] bool next_is_symbol(std::string_view text) const {
        return peek(1) != nullptr && peek(1)->is_symbol(text);
    }

    void copy() {
        // A number right behind another token keeps what the tokenizer saw.
        if (in_[at_].kind == TokenKind::kNumber && number_with_suffix()) {
            return;
        }
        out_.push_back(in_[at_++]);
    }

    // hive_cast((value), 'type')
    void put_cast(TokenSpan value, const std::string& type) {
        out_.push_back(word("hive_cast"));
        out_.push_back(symbol("("));
        const Tokens inner = rewrite_expressions(value);
        out_.insert(out_.end(), inner.begin(), inner.end());
        out_.push_back(symbol(","));
        out_.push_back({TokenKind::kString, type, true});
        out_.push_back(symbol(")"));
    }

    bool function() {
        const Token& token = in_[at_];
        if (token.kind != TokenKind::kWord || !next_is_symbol("(")) {
            return false;
        }
        if (token.is("cast") || token.is("try_cast")) {
            return cast();
        }
        if (token.is("current_timestamp") || token.is("current_date")) {
            const bool empty = peek(2) != nullptr && peek(2)->is_symbol(")");
            out_.push_back(token);
            at_ += empty ? 3 : 1;
            return true;
        }
        for (const Rename& rename : kFunctions) {
            if (token.is(rename.hive)) {
                out_.push_back(word(rename.sqlite, token.blank_before));
                ++at_;
                return true;
            }
        }
        return false;
    }

    bool cast() {
        constexpr std::array<std::string_view, 1> kAs{"as"};
        const std::size_t open = at_ + 1;
        const std::size_t close = closing(in_, open);
        if (close == in_.size()) {
            throw syntax_error("CAST( without its )");
        }
        const TokenSpan inside = in_.subspan(open + 1, close - open - 1);
        const std::size_t as = find_outside(inside, 0, kAs);
        if (as == inside.size()) {
            throw syntax_error("CAST needs AS and a type: CAST(x AS int)");
        }
        std::string type;
        for (const Token& token : inside.subspan(as + 1)) {
            type += (token.blank_before && !type.empty() ? " " : "") + token.text;
        }
        const auto parsed = parse_hive_type(type);
        if (!parsed) {
            throw syntax_error("cannot recognize the type '" + type + "' in CAST");
        }
        put_cast(inside.first(as), to_string(*parsed));
        at_ = close + 1;
        return true;
    }

    bool put_literal(std::string text, std::string_view type, std::size_t used) {
        const std::array literal{Token{TokenKind::kString, std::move(text), false}};
        put_cast(literal, std::string{type});
        at_ += used;
        return true;
    }

    // DATE '2024-02-29', TIMESTAMP '...', INTERVAL '1-2' YEAR TO MONTH, INTERVAL '3' DAY.
    bool typed_literal() {
        const Token& token = in_[at_];
        const Token* value = peek(1);
        if (token.kind != TokenKind::kWord || value == nullptr) {
            return false;
        }
        if (value->kind == TokenKind::kString && (token.is("date") || token.is("timestamp"))) {
            return put_literal(value->text, to_lower(token.text), 2);
        }
        const bool amount = value->kind == TokenKind::kString || value->kind == TokenKind::kNumber;
        return token.is("interval") && amount && peek(2) != nullptr &&
               interval(value->text, *peek(2));
    }

    bool interval(const std::string& amount, const Token& unit) {
        if (peek(3) != nullptr && peek(3)->is("to")) {
            return put_literal(
                amount, unit.is("year") ? "interval_year_month" : "interval_day_time", 5);
        }
        const bool negative = amount.starts_with('-');
        const std::string number = amount.substr(negative ? 1 : 0);
        const std::string sign = negative ? "-" : "";
        const auto is_unit = [&unit](std::string_view one) {
            return unit.is(one) ||
                   (unit.kind == TokenKind::kWord && same_word(unit.text, std::string{one} + 's'));
        };
        if (is_unit("year")) {
            return put_literal(sign + number + "-0", "interval_year_month", 3);
        }
        if (is_unit("month")) {
            const int months = std::stoi("0" + number.substr(0, 8));
            return put_literal(
                sign + std::to_string(months / 12) + '-' + std::to_string(months % 12),
                "interval_year_month",
                3);
        }
        if (is_unit("day")) {
            return put_literal(sign + number + " 00:00:00", "interval_day_time", 3);
        }
        if (is_unit("hour")) {
            return put_literal(sign + "0 " + number + ":00:00", "interval_day_time", 3);
        }
        if (is_unit("minute")) {
            return put_literal(sign + "0 00:" + number + ":00", "interval_day_time", 3);
        }
        if (is_unit("second")) {
            return put_literal(sign + "0 00:00:" + number, "interval_day_time", 3);
        }
        return false;
    }

    bool number_with_suffix() {
        const std::string& text = in_[at_].text;
        for (const Rename& suffix : kSuffixes) {
            const auto digits = text.size() - std::min(text.size(), suffix.hive.size());
            const bool has =
                digits > 0 && same_word(std::string_view{text}.substr(digits), suffix.hive);
            if (has && text.find_first_not_of("0123456789.eE+-", 0) == digits) {
                return put_literal(text.substr(0, digits), suffix.sqlite, 1);
            }
        }
        return false;
    }

    // A word that can only be a name, behind AS or a dot, may be a keyword of SQLite's.
    bool certain_name() {
        const Token& token = in_[at_];
        if (at_ == 0 || token.kind != TokenKind::kWord) {
            return false;
        }
        const Token& before = in_[at_ - 1];
        const bool query = token.is("select") || token.is("with") || token.is("values") ||
                           token.is("materialized") || token.is("not");
        const bool alias = before.is("as") && !query && !next_is_symbol("(");
        if (!alias && !(before.is_symbol(".") && !next_is_symbol("("))) {
            return false;
        }
        out_.push_back({TokenKind::kQuotedName, token.text, token.blank_before});
        ++at_;
        return true;
    }

    // `default` is a keyword to SQLite, even in front of a dot.
    bool name() {
        if (!in_[at_].is("default") || !next_is_symbol(".")) {
            return false;
        }
        out_.push_back({TokenKind::kQuotedName, "default", in_[at_].blank_before});
        ++at_;
        return true;
    }

    bool operation() {
        const Token& token = in_[at_];
        if (token.is_symbol("/")) {
            // Hive's division is exact, SQLite's is not between integers.
            out_.push_back(symbol("*", true));
            out_.push_back({TokenKind::kNumber, "1.0", true});
            out_.push_back(symbol("/", true));
        } else if (token.is("div")) {
            out_.push_back(symbol("/", true));
        } else if (token.is("rlike")) {
            out_.push_back(word("regexp"));
        } else if (token.is_symbol("<=>")) {
            out_.push_back(word("is"));
        } else if (token.is_symbol("&&")) {
            out_.push_back(word("and"));
        } else if (token.is("sort") && peek(1) != nullptr && peek(1)->is("by")) {
            out_.push_back(word("order"));
        } else {
            return false;
        }
        ++at_;
        return true;
    }

    TokenSpan in_;
    std::size_t at_ = 0;
    Tokens out_;
};

}  // namespace

Tokens rewrite_expressions(TokenSpan tokens) {
    return Rewriter{tokens}.run();
}

}  // namespace sandbox
