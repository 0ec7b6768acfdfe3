#include "sql/tokens.hpp"

#include "sql/sql_error.hpp"
#include "sql/text.hpp"

#include <array>
#include <charconv>

namespace sandbox {
namespace {

constexpr std::array<std::string_view, 12> kLongSymbols{
    "<=>", "||", "&&", "==", "<=", ">=", "<>", "!=", "<<", ">>", "->", "::"};

bool starts_word(char c) {
    return is_alpha(c) || c == '_' || (static_cast<unsigned char>(c) & 0x80U) != 0;
}
bool continues_word(char c) {
    return starts_word(c) || is_digit(c) || c == '$';
}

class Tokenizer {
public:
    explicit Tokenizer(std::string_view sql) : sql_{sql} {}

    Tokens run() {
        while (skip_blank()) {
            const char c = sql_[at_];
            if (c == '\'' || c == '"') {
                add(c == '"' ? TokenKind::kDoubleQuoted : TokenKind::kString, quoted(c));
            } else if (c == '`') {
                add(TokenKind::kQuotedName, backticked());
            } else if (is_digit(c) || (c == '.' && is_digit(peek(1)) && !follows_name())) {
                add(TokenKind::kNumber, number());
            } else if (starts_word(c)) {
                add(TokenKind::kWord, take_while(continues_word));
            } else {
                add(TokenKind::kSymbol, symbol());
            }
        }
        return std::move(out_);
    }

private:
    [[nodiscard]] char peek(std::size_t ahead) const {
        return at_ + ahead < sql_.size() ? sql_[at_ + ahead] : '\0';
    }

    // "t.1" is a path, " .1" a number.
    [[nodiscard]] bool follows_name() const {
        return !blank_ && !out_.empty() && out_.back().is_name();
    }

    void add(TokenKind kind, std::string text) {
        out_.push_back({kind, std::move(text), blank_});
        blank_ = false;
    }

    bool skip_blank() {
        while (at_ < sql_.size()) {
            if (is_space(sql_[at_])) {
                ++at_;
            } else if (peek(0) == '-' && peek(1) == '-') {
                at_ = std::min(sql_.find('\n', at_), sql_.size());
            } else if (peek(0) == '/' && peek(1) == '*') {
                const auto end = sql_.find("*/", at_ + 2);
                if (end == std::string_view::npos) {
                    throw syntax_error("comment without its end: /*");
                }
                at_ = end + 2;
            } else {
                break;
            }
            blank_ = true;
        }
        return at_ < sql_.size();
    }

    template <typename Belongs>
    std::string take_while(Belongs belongs) {
        const auto begin = at_;
        while (at_ < sql_.size() && belongs(sql_[at_])) {
            ++at_;
        }
        return std::string{sql_.substr(begin, at_ - begin)};
    }

    // Digits, a fraction, an exponent, and Hive's letters for the type: 1L, 2.5BD.
    std::string number() {
        std::string text = take_while(is_digit);
        if (peek(0) == '.') {
            text += sql_[at_++];
            text += take_while(is_digit);
        }
        const bool exponent =
            (peek(0) == 'e' || peek(0) == 'E') &&
            (is_digit(peek(1)) || ((peek(1) == '-' || peek(1) == '+') && is_digit(peek(2))));
        if (exponent) {
            text += sql_[at_++];
            text += sql_[at_++];
            text += take_while(is_digit);
        }
        return text + take_while(continues_word);
    }

    std::string backticked() {
        std::string text;
        for (++at_; at_ < sql_.size(); ++at_) {
            if (sql_[at_] == '`' && peek(1) != '`') {
                ++at_;
                return text;
            }
            at_ += sql_[at_] == '`' ? 1 : 0;
            text += sql_[at_];
        }
        throw syntax_error("name without its closing `");
    }

    std::string quoted(char quote) {
        std::string text;
        for (++at_; at_ < sql_.size(); ++at_) {
            const char c = sql_[at_];
            if (c == '\\' && at_ + 1 < sql_.size()) {
                escape(text);
            } else if (c != quote) {
                text += c;
            } else if (peek(1) == quote) {
                text += c;
                ++at_;
            } else {
                ++at_;
                return text;
            }
        }
        throw syntax_error(std::string{"text without its closing "} + quote);
    }

    // Leaves at_ on the last character of the escape.
    void escape(std::string& text) {
        const char c = sql_[++at_];
        switch (c) {
            case 'n':
                text += '\n';
                return;
            case 't':
                text += '\t';
                return;
            case 'r':
                text += '\r';
                return;
            case 'b':
                text += '\b';
                return;
            case 'Z':
                text += '\x1a';
                return;
            case '0':
                text += '\0';
                return;
            // LIKE patterns need these two as they are.
            case '%':
            case '_':
                text += '\\';
                text += c;
                return;
            case 'u':
                unicode(text);
                return;
            default:
                text += c;
        }
    }

    void unicode(std::string& text) {
        constexpr std::size_t kDigits = 4;
        unsigned code = 0;
        const char* begin = sql_.data() + at_ + 1;
        const bool enough = at_ + kDigits < sql_.size();
        if (!enough || std::from_chars(begin, begin + kDigits, code, 16).ptr != begin + kDigits) {
            text += 'u';
            return;
        }
        at_ += kDigits;
        const auto put = [&text](unsigned byte) { text += static_cast<char>(byte); };
        if (code < 0x80) {
            put(code);
        } else if (code < 0x800) {
            put(0xC0U | (code >> 6U));
            put(0x80U | (code & 0x3FU));
        } else {
            put(0xE0U | (code >> 12U));
            put(0x80U | ((code >> 6U) & 0x3FU));
            put(0x80U | (code & 0x3FU));
        }
    }

    std::string symbol() {
        for (const std::string_view known : kLongSymbols) {
            if (sql_.substr(at_).starts_with(known)) {
                at_ += known.size();
                return std::string{known};
            }
        }
        return {sql_[at_++]};
    }

    std::string_view sql_;
    std::size_t at_ = 0;
    bool blank_ = false;
    Tokens out_;
};

std::string string_for_sqlite(const std::string& text) {
    if (text.find('\0') == std::string::npos) {
        return quote_string(text);
    }
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string hex;
    for (const char c : text) {
        hex += kHex[static_cast<unsigned char>(c) >> 4U];
        hex += kHex[static_cast<unsigned char>(c) & 0xFU];
    }
    return "CAST(x'" + hex + "' AS TEXT)";
}

std::string one_for_sqlite(const Token& token) {
    switch (token.kind) {
        case TokenKind::kQuotedName:
        case TokenKind::kDoubleQuoted:
            return quote_name(token.text);
        case TokenKind::kString:
            return string_for_sqlite(token.text);
        default:
            return token.text;
    }
}

}  // namespace

bool Token::is(std::string_view word) const noexcept {
    return kind == TokenKind::kWord && same_word(text, word);
}

Tokens tokenize(std::string_view sql) {
    return Tokenizer{sql}.run();
}

std::string to_sqlite(TokenSpan tokens) {
    std::string out;
    for (const Token& token : tokens) {
        // Two words must not grow together, whatever stood between them.
        const bool wordy = token.kind == TokenKind::kWord || token.kind == TokenKind::kNumber;
        if (!out.empty() && (token.blank_before || (wordy && continues_word(out.back())))) {
            out += ' ';
        }
        out += one_for_sqlite(token);
    }
    return out;
}

std::size_t closing(TokenSpan tokens, std::size_t open) {
    int depth = 0;
    for (std::size_t i = open; i < tokens.size(); ++i) {
        depth += tokens[i].is_symbol("(") ? 1 : 0;
        depth -= tokens[i].is_symbol(")") ? 1 : 0;
        if (depth == 0) {
            return i;
        }
    }
    return tokens.size();
}

std::size_t find_outside(TokenSpan tokens,
                         std::size_t from,
                         std::span<const std::string_view> words) {
    for (std::size_t i = from; i < tokens.size(); ++i) {
        for (const std::string_view word : words) {
            if (tokens[i].is(word) || tokens[i].is_symbol(word)) {
                return i;
            }
        }
        if (tokens[i].is_symbol("(")) {
            i = closing(tokens, i);
        }
    }
    return tokens.size();
}

std::vector<TokenSpan> split_commas(TokenSpan tokens) {
    constexpr std::array<std::string_view, 1> kComma{","};
    std::vector<TokenSpan> out;
    std::size_t begin = 0;
    while (begin < tokens.size()) {
        const std::size_t end = find_outside(tokens, begin, kComma);
        out.push_back(tokens.subspan(begin, end - begin));
        begin = end + 1;
    }
    return out;
}

}  // namespace sandbox
