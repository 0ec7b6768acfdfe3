#include "sql/outline.hpp"

#include "sql/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace sandbox {
namespace {

using Words = std::initializer_list<std::string_view>;

std::size_t find_word(TokenSpan tokens, std::size_t from, Words words) {
    return find_outside(tokens, from, {words.begin(), words.size()});
}

// One query with the WITH names known around it. A copy per level: queries are small.
class Scope {
public:
    Scope(const TableLookup& lookup, std::map<std::string, Outline> named)
        : lookup_{lookup}, named_{std::move(named)} {}

    std::optional<Outline> query(TokenSpan tokens) {
        if (!tokens.empty() && tokens.front().is("with")) {
            const auto rest = read_with(tokens);
            return rest ? query(*rest) : std::nullopt;
        }
        const std::size_t second = find_word(tokens, 0, {"union", "except", "intersect"});
        auto first = branch(tokens.first(second));
        if (first && second < tokens.size()) {
            std::size_t begin = second + 1;
            begin +=
                begin < tokens.size() && (tokens[begin].is("all") || tokens[begin].is("distinct"))
                    ? 1
                    : 0;
            fill_gaps(*first, query(tokens.subspan(std::min(begin, tokens.size()))));
        }
        return first;
    }

private:
    // A branch that says NULL, or nothing, leaves the type to the next one.
    static void fill_gaps(Outline& first, const std::optional<Outline>& second) {
        for (std::size_t i = 0; second && i < first.size() && i < second->size(); ++i) {
            const bool open = !first[i].type || first[i].type->id == TypeId::kNull;
            if (open && (*second)[i].type) {
                first[i].type = (*second)[i].type;
            }
        }
    }

    // WITH [RECURSIVE] a [(x, y)] AS (query), ...; returns what follows.
    std::optional<TokenSpan> read_with(TokenSpan tokens) {
        std::size_t at = tokens.size() > 1 && tokens[1].is("recursive") ? 2 : 1;
        while (at + 1 < tokens.size()) {
            const std::string name = to_lower(tokens[at].text);
            std::vector<TokenSpan> columns;
            if (tokens[++at].is_symbol("(")) {
                const std::size_t close = closing(tokens, at);
                columns = split_commas(tokens.subspan(at + 1, close - at - 1));
                at = close + 1;
            }
            const std::size_t open = find_bracket(tokens, at);
            const std::size_t close = closing(tokens, open);
            if (close >= tokens.size()) {
                return std::nullopt;
            }
            Outline inner = query(tokens.subspan(open + 1, close - open - 1)).value_or(Outline{});
            for (std::size_t i = 0; i < columns.size(); ++i) {
                inner.resize(std::max(inner.size(), i + 1));
                inner[i].name = columns[i].front().text;
            }
            named_[name] = std::move(inner);
            at = close + 1;
            if (at >= tokens.size() || !tokens[at].is_symbol(",")) {
                return tokens.subspan(std::min(at, tokens.size()));
            }
            ++at;
        }
        return std::nullopt;
    }

    static std::size_t find_bracket(TokenSpan tokens, std::size_t from) {
        while (from < tokens.size() && !tokens[from].is_symbol("(")) {
            ++from;
        }
        return from;
    }

    std::optional<Outline> branch(TokenSpan tokens) {
        if (tokens.empty()) {
            return std::nullopt;
        }
        if (tokens.front().is_symbol("(")) {
            const std::size_t close = closing(tokens, 0);
            return close < tokens.size() ? query(tokens.subspan(1, close - 1)) : std::nullopt;
        }
        if (tokens.front().is("values")) {
            return values(tokens);
        }
        if (!tokens.front().is("select")) {
            return std::nullopt;
        }
        const std::size_t begin =
            tokens.size() > 1 && (tokens[1].is("distinct") || tokens[1].is("all")) ? 2 : 1;
        const std::size_t from = find_word(tokens, begin, {"from"});
        const std::size_t items_end =
            find_word(tokens, begin, {"from", "where", "order", "limit", "group"});
        std::vector<Source> sources;
        if (from < tokens.size()) {
            const std::size_t end = find_word(
                tokens, from + 1, {"where", "group", "having", "order", "limit", "window"});
            sources = read_sources(tokens.subspan(from + 1, end - from - 1));
        }
        return items(tokens.subspan(begin, items_end - begin), sources);
    }

    std::optional<Outline> values(TokenSpan tokens) {
        Outline out;
        std::size_t open = 1;
        // The first row that is not NULL in a column gives its type.
        while (open < tokens.size() && tokens[open].is_symbol("(")) {
            const std::size_t close = closing(tokens, open);
            Outline row;
            for (const TokenSpan value : split_commas(tokens.subspan(open + 1, close - open - 1))) {
                row.push_back(
                    {"column" + std::to_string(row.size() + 1), type_of_expression(value, {})});
            }
            if (out.empty()) {
                out = row;
            }
            fill_gaps(out, row);
            open = close + 2;
        }
        return out;
    }

    std::vector<Source> read_sources(TokenSpan from) {
        std::vector<Source> out;
        std::size_t begin = 0;
        while (begin < from.size()) {
            std::size_t end = find_word(from, begin, {",", "join"});
            TokenSpan one = from.subspan(begin, end - begin);
            const std::size_t condition = find_word(
                one,
                0,
                {"on", "using", "left", "right", "full", "inner", "cross", "natural", "outer"});
            if (condition > 0) {
                add_source(one.first(condition), out);
            }
            begin = end + 1;
        }
        return out;
    }

    void add_source(TokenSpan one, std::vector<Source>& out) {
        Source source;
        std::size_t at = 0;
        if (one.front().is_symbol("(")) {
            const std::size_t close = closing(one, 0);
            const TokenSpan inside = one.subspan(1, std::min(close, one.size()) - 1);
            const bool is_query =
                !inside.empty() && (inside.front().is("select") || inside.front().is("with") ||
                                    inside.front().is("values"));
            if (!is_query) {
                for (Source& inner : read_sources(inside)) {
                    out.push_back(std::move(inner));
                }
                return;
            }
            source.columns = query(inside).value_or(Outline{});
            at = close + 1;
        } else {
            at = read_table(one, source);
        }
        at += at < one.size() && one[at].is("as") ? 1 : 0;
        if (at < one.size() && one[at].is_name()) {
            source.name = one[at].text;
        }
        out.push_back(std::move(source));
    }

    std::size_t read_table(TokenSpan one, Source& source) {
        const bool qualified = one.size() > 2 && one[1].is_symbol(".");
        const std::size_t last = qualified ? 2 : 0;
        const TableName table{qualified ? to_lower(one[0].text) : "", one[last].text};
        source.name = table.table;
        if (last + 1 < one.size() && one[last + 1].is_symbol("(")) {
            // A table function; range() is the one we bring.
            if (same_word(table.table, "range")) {
                source.columns = {{"id", SqlType{TypeId::kBigint}}};
            }
            return closing(one, last + 1) + 1;
        }
        const auto named = named_.find(to_lower(table.table));
        if (!qualified && named != named_.end()) {
            source.columns = named->second;
        } else {
            source.columns = lookup_(table).value_or(Outline{});
        }
        return last + 1;
    }

    static std::optional<Outline> items(TokenSpan list, const std::vector<Source>& sources) {
        Outline out;
        for (const TokenSpan item : split_commas(list)) {
            if (item.empty()) {
                return std::nullopt;
            }
            if (item.back().is_symbol("*") && item.size() != 2) {
                const std::string_view only =
                    item.size() == 1 ? std::string_view{} : item.front().text;
                if (!expand(sources, only, out)) {
                    return std::nullopt;
                }
                continue;
            }
            out.push_back(one_item(item, sources));
        }
        return out;
    }

    static bool expand(const std::vector<Source>& sources, std::string_view only, Outline& out) {
        for (const Source& source : sources) {
            if (!only.empty() && !same_word(source.name, only)) {
                continue;
            }
            if (source.columns.empty()) {
                return false;
            }
            out.insert(out.end(), source.columns.begin(), source.columns.end());
        }
        return true;
    }

    static bool is_path(TokenSpan item) {
        for (std::size_t i = 0; i < item.size(); ++i) {
            if (i % 2 == 0 ? !item[i].is_name() : !item[i].is_symbol(".")) {
                return false;
            }
        }
        return item.size() % 2 == 1 && !item.back().is("null");
    }

    static OutlineColumn one_item(TokenSpan item, const std::vector<Source>& sources) {
        const std::size_t as = find_word(item, 0, {"as"});
        if (as < item.size()) {
            return {item.back().text, type_of_expression(item.first(as), sources)};
        }
        if (is_path(item)) {
            return {item.back().text, type_of_expression(item, sources)};
        }
        // `expression alias`: two operands side by side are no expression.
        const bool has_alias = item.size() > 1 && item.back().is_name() &&
                               ends_operand(item[item.size() - 2]) && !item.back().is("end") &&
                               !item.back().is("null");
        if (has_alias) {
            return {item.back().text, type_of_expression(item.first(item.size() - 1), sources)};
        }
        return {"", type_of_expression(item, sources)};
    }

    static bool ends_operand(const Token& token) {
        if (token.is("end") || token.is("null") || token.is("true") || token.is("false")) {
            return true;
        }
        constexpr std::array<std::string_view, 12> kOperators{"and",
                                                              "or",
                                                              "not",
                                                              "is",
                                                              "in",
                                                              "like",
                                                              "regexp",
                                                              "between",
                                                              "then",
                                                              "else",
                                                              "when",
                                                              "case"};
        const bool keyword =
            std::any_of(kOperators.begin(), kOperators.end(), [&token](std::string_view word) {
                return token.is(word);
            });
        return token.kind == TokenKind::kSymbol ? token.text == ")" : !keyword;
    }

    const TableLookup& lookup_;
    std::map<std::string, Outline> named_;
};

}  // namespace

std::optional<Outline> outline_query(TokenSpan query, const TableLookup& lookup) {
    return Scope{lookup, {}}.query(query);
}

}  // namespace sandbox
