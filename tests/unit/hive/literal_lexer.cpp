#include "literal_lexer.hpp"

#include <stdexcept>

namespace hive::test {
namespace {

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string unescaped(char c) {
    switch (c) {
        case '0':
            return std::string(1, '\0');
        case 'b':
            return "\b";
        case 'n':
            return "\n";
        case 'r':
            return "\r";
        case 't':
            return "\t";
        case 'Z':
            return "\x1A";
        case '%':
            return "\\%";
        case '_':
            return "\\_";
        default:
            return {c};
    }
}

class Lexer {
public:
    Lexer(std::string_view sql, Server server) : server_{server} {
        // A variable that is set to something hostile.
        for (std::size_t at = 0; at < sql.size(); ++at) {
            const auto end = sql.find('}', at);
            if (sql.substr(at, 2) == "${" && end != std::string_view::npos) {
                sql_ += "' or 1 = 1 or '";
                at = end;
            } else {
                sql_ += sql[at];
            }
        }
    }

    std::vector<std::string> run() {
        while (at_ < sql_.size()) {
            step();
        }
        return words_;
    }

private:
    void step() {
        const char c = sql_[at_];
        if (sql_.compare(at_, 2, "--") == 0) {
            at_ = std::min(sql_.find('\n', at_), sql_.size());
        } else if (sql_.compare(at_, 2, "/*") == 0) {
            comment();
        } else if (c == '\'' || c == '"') {
            string(c);
        } else if (is_word(c)) {
            std::string word;
            while (at_ < sql_.size() && is_word(sql_[at_])) {
                word += sql_[at_++];
            }
            words_.push_back(word);
        } else {
            if (c != ' ' && c != '\n') {
                words_.push_back({c});
            }
            ++at_;
        }
    }

    void comment() {
        int depth = 0;
        do {
            if (at_ >= sql_.size()) {
                throw std::invalid_argument{"a comment is never closed"};
            }
            const auto two = sql_.substr(at_, 2);
            depth += two == "/*" && (depth == 0 || server_ != Server::kHive) ? 1 : 0;
            depth -= two == "*/" ? 1 : 0;
            at_ += two == "/*" || two == "*/" ? 2 : 1;
        } while (depth > 0);
    }

    void string(char quote) {
        std::string value;
        for (++at_;; ++at_) {
            if (at_ >= sql_.size()) {
                throw std::invalid_argument{"a string is never closed"};
            }
            const bool is_doubled = sql_.compare(at_, 2, std::string(2, quote)) == 0;
            if (sql_[at_] == '\\' && at_ + 1 < sql_.size()) {
                ++at_;
                value += server_ == Server::kSparkAsItIs ? std::string{'\\', sql_[at_]}
                                                         : unescaped(sql_[at_]);
            } else if (is_doubled && server_ != Server::kHive) {
                value += quote;
                ++at_;
            } else if (sql_[at_] == quote) {
                break;
            } else {
                value += sql_[at_];
            }
        }
        ++at_;
        words_.push_back('\'' + value);
    }

    std::string sql_;
    Server server_;
    std::size_t at_ = 0;
    std::vector<std::string> words_;
};

}  // namespace

std::vector<std::string> words_of(std::string_view sql, Server server) {
    return Lexer{sql, server}.run();
}

}  // namespace hive::test
