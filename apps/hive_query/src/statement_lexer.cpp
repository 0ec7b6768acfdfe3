#include "statement_lexer.hpp"

#include <cistern/hive/sql_piece.hpp>

#include <algorithm>
#include <utility>

namespace hive_query {
namespace {

[[nodiscard]] bool is_space(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

class Lexer {
public:
    explicit Lexer(std::string_view script) : script_{script} {}

    std::vector<Statement> run() {
        while (at_ < script_.size()) {
            step();
        }
        finish_statement();
        return std::move(statements_);
    }

    TypedSoFar run_typed() {
        TypedSoFar typed;
        try {
            while (at_ < script_.size()) {
                step();
            }
            const bool is_blank = current_.find_first_not_of(" \t\r\n\f\v") == std::string::npos;
            typed.open = parentheses_ > 0 ? '(' : '-';
            typed.open = is_blank ? '\0' : typed.open;
        } catch (const LexError& error) {
            typed.open = error.opened();
        }
        typed.rest = script_.substr(behind_last_);
        typed.statements = std::move(statements_);
        return typed;
    }

private:
    void step() {
        const auto piece = hive::first_piece(script_.substr(at_));
        switch (piece.kind) {
            case hive::SqlPiece::Kind::kLineComment:
                skip_line();
                return;
            case hive::SqlPiece::Kind::kBlockComment:
                block_comment(piece);
                return;
            case hive::SqlPiece::Kind::kQuoted:
            case hive::SqlPiece::Kind::kName:
                quoted(piece);
                return;
            case hive::SqlPiece::Kind::kCode:
                code(piece.text.front());
                return;
        }
    }

    void code(char c) {
        if (c == ';') {
            ++at_;
            finish_statement();
        } else if (current_.empty() && c == '#') {
            skip_line();
        } else if (current_.empty() && c == '!') {
            command();
        } else {
            parentheses_ += c == '(' ? 1 : 0;
            parentheses_ -= c == ')' ? 1 : 0;
            take(1);
        }
    }

    // Moves `count` bytes into the statement; the blanks before its first word are dropped.
    void take(std::size_t count) {
        for (; count > 0; --count, ++at_) {
            const char c = script_[at_];
            if (!current_.empty() || !is_space(c)) {
                if (current_.empty()) {
                    begins_on_ = line_;
                }
                current_ += c;
            }
            line_ += c == '\n' ? 1 : 0;
        }
    }

    // The line end itself stays part of the script.
    void skip_line() { at_ = std::min(script_.find('\n', at_), script_.size()); }

    void block_comment(const hive::SqlPiece& piece) {
        if (!piece.is_closed) {
            throw LexError{
                "the comment that begins here is never closed: */ is missing", line_, '*'};
        }
        const std::string_view comment = piece.text;
        if (comment.starts_with("/*+")) {
            take(comment.size());
            return;
        }
        const auto lines =
            static_cast<std::size_t>(std::count(comment.begin(), comment.end(), '\n'));
        if (!current_.empty()) {
            current_ += lines == 0 ? std::string(1, ' ') : std::string(lines, '\n');
        }
        line_ += lines;
        at_ += comment.size();
    }

    void quoted(const hive::SqlPiece& piece) {
        if (!piece.is_closed) {
            const char quote = piece.text.front();
            throw LexError{
                std::string{"the quote that begins here is never closed: "} + quote + " is missing",
                line_,
                quote};
        }
        take(piece.text.size());
    }

    // Up to the end of its line, whatever it holds.
    void command() {
        begins_on_ = line_;
        const std::size_t end = std::min(script_.find('\n', at_), script_.size());
        current_ = script_.substr(at_, end - at_);
        current_.erase(current_.find_last_not_of(" \t\r;") + 1);
        at_ = end;
        finish_statement(true);
    }

    void finish_statement(bool is_command = false) {
        while (!current_.empty() && is_space(current_.back())) {
            current_.pop_back();
        }
        if (!current_.empty()) {
            statements_.push_back({std::move(current_), begins_on_, {}, is_command});
        }
        current_.clear();
        parentheses_ = 0;
        behind_last_ = at_;
    }

    std::string_view script_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
    std::string current_;
    std::size_t begins_on_ = 1;
    int parentheses_ = 0;          // that are open
    std::size_t behind_last_ = 0;  // where what is not complete begins
    std::vector<Statement> statements_;
};

}  // namespace

std::vector<Statement> split_statements(std::string_view script) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (script.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
        script.remove_prefix(kByteOrderMark.size());
    }
    return Lexer{script}.run();
}

TypedSoFar split_typed(std::string_view text) {
    return Lexer{text}.run_typed();
}

}  // namespace hive_query
