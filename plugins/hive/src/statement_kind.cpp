#include "statement_kind.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace hive {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kBlank = " \t\r\n\f\v";

// Drops blanks and comments before the next word.
void skip_blanks(std::string_view& sql) {
    while (true) {
        sql.remove_prefix(std::min(sql.find_first_not_of(kBlank), sql.size()));
        if (sql.starts_with("--")) {
            sql.remove_prefix(std::min(sql.find('\n'), sql.size()));
        } else if (sql.starts_with("/*")) {
            const auto end = sql.find("*/", 2);
            sql.remove_prefix(end == std::string_view::npos ? sql.size() : end + 2);
        } else {
            return;
        }
    }
}

std::string take_word(std::string_view& sql) {
    skip_blanks(sql);
    std::string word;
    while (word.size() < sql.size()) {
        const char c = sql[word.size()];
        const bool is_lower = c >= 'a' && c <= 'z';
        if (!is_lower && (c < 'A' || c > 'Z')) {
            break;
        }
        word += is_lower ? static_cast<char>(c - 'a' + 'A') : c;
    }
    sql.remove_prefix(word.size());
    return word;
}

bool is_temporary(std::string word, std::string_view rest) {
    if (word == "OR") {  // CREATE OR REPLACE TEMPORARY VIEW
        take_word(rest);
        word = take_word(rest);
    }
    if (word == "GLOBAL" || word == "LOCAL") {
        word = take_word(rest);
    }
    return word == "TEMPORARY" || word == "TEMP";
}

}  // namespace

bool changes_session(std::string_view sql) {
    constexpr std::array kAlways{"SET"sv,
                                 "RESET"sv,
                                 "USE"sv,
                                 "ADD"sv,
                                 "RELOAD"sv,
                                 "COMPILE"sv,
                                 "CACHE"sv,
                                 "UNCACHE"sv,
                                 "DECLARE"sv,
                                 "UNSET"sv};
    const auto first = take_word(sql);
    if (std::find(kAlways.begin(), kAlways.end(), first) != kAlways.end()) {
        return true;
    }
    auto second = take_word(sql);
    if (first == "DELETE") {  // a resource; DELETE FROM is about rows
        return second != "FROM";
    }
    return (first == "CREATE" || first == "DROP") && is_temporary(second, sql);
}

}  // namespace hive
