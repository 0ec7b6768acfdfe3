#pragma once

#include "sql/sql_error.hpp"
#include "sql/statement.hpp"
#include "sql/text.hpp"
#include "sql/tokens.hpp"

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

namespace sandbox {

// Walks over a statement's tokens. What is not as expected throws a syntax error that shows the
// place.
class TokenReader {
public:
    explicit TokenReader(TokenSpan tokens) : tokens_{tokens} {}

    [[nodiscard]] bool at_end() const noexcept { return at_ == tokens_.size(); }
    [[nodiscard]] TokenSpan rest() const { return tokens_.subspan(at_); }
    [[nodiscard]] const Token& peek() const {
        if (at_end()) {
            throw syntax_error("the statement ends too early");
        }
        return tokens_[at_];
    }

    // Steps over all these keywords, or over none.
    bool take(std::initializer_list<std::string_view> words) {
        std::size_t i = at_;
        for (const std::string_view word : words) {
            if (i == tokens_.size() || !tokens_[i++].is(word)) {
                return false;
            }
        }
        at_ = i;
        return true;
    }
    bool take_symbol(std::string_view symbol) {
        if (at_end() || !tokens_[at_].is_symbol(symbol)) {
            return false;
        }
        ++at_;
        return true;
    }
    void expect_symbol(std::string_view symbol) {
        if (!take_symbol(symbol)) {
            fail(symbol);
        }
    }
    void expect(std::string_view word) {
        if (!take({word})) {
            fail(word);
        }
    }
    const Token& next() {
        const Token& token = peek();
        ++at_;
        return token;
    }
    std::string name() {
        if (at_end() || !tokens_[at_].is_name()) {
            fail("a name");
        }
        return next().text;
    }
    std::string database() { return to_lower(name()); }
    TableName table() {
        std::string first = name();
        if (!take_symbol(".")) {
            return {"", std::move(first)};
        }
        return {to_lower(first), name()};
    }
    std::string string() {
        const Token& token = next();
        if (token.kind != TokenKind::kString && token.kind != TokenKind::kDoubleQuoted) {
            throw syntax_error("expected a text in quotes near '" + token.text + "'");
        }
        return token.text;
    }
    // The tokens between the bracket here and its partner.
    TokenSpan bracketed() {
        expect_symbol("(");
        const std::size_t close = closing(tokens_, at_ - 1);
        if (close == tokens_.size()) {
            throw syntax_error("( without its )");
        }
        const TokenSpan inside = tokens_.subspan(at_, close - at_);
        at_ = close + 1;
        return inside;
    }
    void expect_end() const {
        if (!at_end()) {
            fail("the end of the statement");
        }
    }
    [[noreturn]] void fail(std::string_view wanted) const {
        throw syntax_error("expected " + std::string{wanted} +
                           (at_end() ? " at the end" : " near '" + tokens_[at_].text + "'"));
    }

private:
    TokenSpan tokens_;
    std::size_t at_ = 0;
};

// Reads a type off the front: words, then brackets of either kind.
[[nodiscard]] SqlType take_type(TokenReader& reader);

[[nodiscard]] CreateTable parse_create_table(TokenReader& reader, bool temporary);
[[nodiscard]] std::vector<ColumnDefinition> parse_columns(TokenSpan inside);
[[nodiscard]] Insert parse_insert(TokenReader& reader);

}  // namespace sandbox
