#include "sql/statement.hpp"

#include "sql/expressions.hpp"
#include "sql/token_reader.hpp"

#include <algorithm>

namespace sandbox {
namespace {

// SET takes anything behind its name, quotes and all, so it is read off the text itself.
std::optional<Statement> parse_set(std::string_view sql) {
    constexpr std::string_view kSet = "set";
    sql = trim(sql);
    while (!sql.empty() && (is_space(sql.back()) || sql.back() == ';')) {
        sql.remove_suffix(1);
    }
    const bool is_set = same_word(sql.substr(0, kSet.size()), kSet) &&
                        (sql.size() == kSet.size() || is_space(sql[kSet.size()]));
    if (!is_set) {
        return std::nullopt;
    }
    const std::string_view rest = trim(sql.substr(kSet.size()));
    const auto equals = rest.find('=');
    if (equals == std::string_view::npos) {
        return SetVariable{rest == "-v" ? "" : std::string{rest}, std::nullopt};
    }
    return SetVariable{std::string{trim(rest.substr(0, equals))},
                       std::string{trim(rest.substr(equals + 1))}};
}

std::string optional_pattern(TokenReader& reader) {
    reader.take({"like"});
    std::string pattern = reader.at_end() ? "" : reader.next().text;
    reader.expect_end();
    return pattern;
}

Statement parse_show(TokenReader& reader) {
    if (reader.take({"databases"}) || reader.take({"schemas"})) {
        return ShowDatabases{optional_pattern(reader)};
    }
    const bool views = reader.take({"views"});
    if (views || reader.take({"tables"})) {
        ShowTables show{{}, {}, views};
        if (reader.take({"in"}) || reader.take({"from"})) {
            show.database = reader.database();
        }
        show.pattern = optional_pattern(reader);
        return show;
    }
    if (reader.take({"columns"})) {
        if (!reader.take({"in"})) {
            reader.expect("from");
        }
        ShowColumns show{reader.table()};
        if (reader.take({"in"}) || reader.take({"from"})) {
            show.table.database = reader.database();
        }
        return show;
    }
    if (reader.take({"create", "table"}) || reader.take({"create", "view"})) {
        return ShowCreateTable{reader.table()};
    }
    if (reader.take({"functions"})) {
        return ShowFunctions{optional_pattern(reader)};
    }
    throw unsupported("SHOW " + (reader.at_end() ? "" : reader.peek().text) +
                      " (there are DATABASES, TABLES, VIEWS, COLUMNS, CREATE TABLE and FUNCTIONS)");
}

Statement parse_describe(TokenReader& reader) {
    if (reader.take({"database"}) || reader.take({"schema"})) {
        reader.take({"extended"});
        return DescribeDatabase{reader.database()};
    }
    const bool detailed = reader.take({"formatted"}) || reader.take({"extended"});
    reader.take({"table"});
    Describe describe{reader.table(), detailed};
    reader.expect_end();
    return describe;
}

Statement plain(TokenSpan tokens) {
    return PlainSql{rewrite_expressions(tokens)};
}

Statement parse_create(TokenReader& reader, TokenSpan all) {
    const bool temporary = reader.take({"temporary"});
    reader.take({"external"});
    if (reader.take({"database"}) || reader.take({"schema"})) {
        const bool if_not_exists = reader.take({"if", "not", "exists"});
        return CreateDatabase{reader.database(), if_not_exists};
    }
    if (reader.take({"table"})) {
        return parse_create_table(reader, temporary);
    }
    if (reader.take({"or", "replace"}) || !reader.take({"view"})) {
        throw unsupported("this CREATE (there are CREATE DATABASE, CREATE TABLE and CREATE VIEW)");
    }
    return plain(all);
}

Statement parse_drop(TokenReader& reader, TokenSpan all) {
    if (!reader.take({"database"}) && !reader.take({"schema"})) {
        Tokens kept{all.begin(), all.end()};
        // Hive's PURGE skips the trash, which is not here.
        if (kept.back().is("purge")) {
            kept.pop_back();
        }
        return plain(kept);
    }
    DropDatabase drop;
    drop.if_exists = reader.take({"if", "exists"});
    drop.name = reader.database();
    drop.cascade = reader.take({"cascade"});
    reader.take({"restrict"});
    reader.expect_end();
    return drop;
}

Statement parse_alter(TokenReader& reader, TokenSpan all) {
    if (reader.take({"table"})) {
        const TableName table = reader.table();
        if (reader.take({"add", "columns"})) {
            return AddColumns{table, parse_columns(reader.bracketed())};
        }
        if (reader.take({"set"}) || reader.take({"compact"}) || reader.take({"recover"})) {
            return Nothing{};
        }
    }
    return plain(all);
}

Statement dispatch(TokenSpan all) {
    TokenReader reader{all};
    if (reader.take({"show"})) {
        return parse_show(reader);
    }
    if (reader.take({"describe"}) || reader.take({"desc"})) {
        return parse_describe(reader);
    }
    if (reader.take({"use"})) {
        UseDatabase use{reader.database()};
        reader.expect_end();
        return use;
    }
    if (reader.take({"create"})) {
        return parse_create(reader, all);
    }
    if (reader.take({"drop"})) {
        return parse_drop(reader, all);
    }
    if (reader.take({"insert"})) {
        return parse_insert(reader);
    }
    if (reader.take({"truncate"})) {
        reader.take({"table"});
        return Truncate{reader.table()};
    }
    if (reader.take({"alter"})) {
        return parse_alter(reader, all);
    }
    if (reader.take({"explain"})) {
        while (reader.take({"extended"}) || reader.take({"formatted"}) || reader.take({"cbo"})) {
        }
        return Explain{rewrite_expressions(reader.rest())};
    }
    if (reader.take({"analyze"}) || reader.take({"msck"}) || reader.take({"reload"})) {
        return Nothing{};
    }
    for (const std::string_view word :
         {"load",   "export", "import", "grant",  "revoke",   "lock",      "unlock",
          "add",    "list",   "dfs",    "from",   "merge",    "pragma",    "attach",
          "detach", "vacuum", "begin",  "commit", "rollback", "savepoint", "release"}) {
        if (all.front().is(word)) {
            throw unsupported(to_upper(word));
        }
    }
    return plain(all);
}

}  // namespace

Statement parse_statement(std::string_view sql) {
    if (auto set = parse_set(sql)) {
        return *set;
    }
    Tokens tokens = tokenize(sql);
    while (!tokens.empty() && tokens.back().is_symbol(";")) {
        tokens.pop_back();
    }
    if (tokens.empty()) {
        throw syntax_error("there is no statement in the text");
    }
    for (const Token& token : tokens) {
        if (token.is_symbol(";")) {
            throw syntax_error("one statement at a time; there is more behind the semicolon");
        }
    }
    return dispatch(tokens);
}

bool matches_show_pattern(std::string_view name, std::string_view pattern) {
    if (pattern.empty()) {
        return true;
    }
    std::size_t begin = 0;
    while (begin <= pattern.size()) {
        const auto bar = std::min(pattern.find('|', begin), pattern.size());
        std::string one{trim(pattern.substr(begin, bar - begin))};
        std::replace(one.begin(), one.end(), '*', '%');
        if (like(name, one, Case::kIgnored)) {
            return true;
        }
        begin = bar + 1;
    }
    return false;
}

}  // namespace sandbox
