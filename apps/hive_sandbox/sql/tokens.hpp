#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sandbox {

enum class TokenKind {
    kWord,          // a keyword or a bare name
    kQuotedName,    // `name`; text without the quotes
    kString,        // 'text'; the text it stands for, escapes resolved
    kDoubleQuoted,  // "text"; likewise
    kNumber,
    kSymbol,  // an operator or a bracket, the longest that fits
};

struct Token {
    TokenKind kind;
    std::string text;
    bool blank_before = false;

    // True for this keyword, whatever its case.
    [[nodiscard]] bool is(std::string_view word) const noexcept;
    [[nodiscard]] bool is_symbol(std::string_view symbol) const noexcept {
        return kind == TokenKind::kSymbol && text == symbol;
    }
    // Could be a table's or a column's name.
    [[nodiscard]] bool is_name() const noexcept {
        return kind == TokenKind::kWord || kind == TokenKind::kQuotedName ||
               kind == TokenKind::kDoubleQuoted;
    }
};

using Tokens = std::vector<Token>;
using TokenSpan = std::span<const Token>;

// Splits one HiveQL text; comments vanish. Throws SqlError for a quote or a comment without end.
[[nodiscard]] Tokens tokenize(std::string_view sql);

// The tokens as SQLite reads them.
[[nodiscard]] std::string to_sqlite(TokenSpan tokens);

// The index of the bracket that closes the one at `open`; tokens.size() when there is none.
[[nodiscard]] std::size_t closing(TokenSpan tokens, std::size_t open);

// The first index at or behind `from`, outside of brackets, where one of `words` stands as a
// keyword (or, for "," and the like, as a symbol); tokens.size() when there is none.
[[nodiscard]] std::size_t find_outside(TokenSpan tokens,
                                       std::size_t from,
                                       std::span<const std::string_view> words);

// Pieces between the commas outside of brackets; none for no tokens.
[[nodiscard]] std::vector<TokenSpan> split_commas(TokenSpan tokens);

}  // namespace sandbox
