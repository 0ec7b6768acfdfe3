#include "sql/expressions.hpp"
#include "sql/token_reader.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace sandbox {
namespace {

// Clauses behind the columns that say how Hive keeps its files.
void skip_storage(TokenReader& reader, CreateTable& create) {
    while (!reader.at_end()) {
        if (reader.take({"as"})) {
            create.query = rewrite_expressions(reader.rest());
            return;
        }
        if (reader.take({"partitioned", "by"})) {
            for (ColumnDefinition& column : parse_columns(reader.bracketed())) {
                create.columns.push_back(std::move(column));
            }
        } else if (reader.take({"comment"})) {
            create.comment = reader.string();
        } else {
            reader.next();
        }
    }
}

// PRIMARY KEY (a) [DISABLE NOVALIDATE ...]; other table constraints are passed over.
bool table_constraint(TokenReader& reader, std::vector<ColumnDefinition>& columns) {
    if (reader.take({"constraint"})) {
        static_cast<void>(reader.name());
    }
    if (!reader.take({"primary", "key"})) {
        return reader.take({"foreign"}) || reader.take({"unique"}) || reader.take({"check"});
    }
    for (const TokenSpan key : split_commas(reader.bracketed())) {
        for (ColumnDefinition& column : columns) {
            column.primary_key = column.primary_key || same_word(column.name, key.front().text);
        }
    }
    return true;
}

std::string type_text(const Token& token, bool first) {
    return (token.blank_before && !first ? " " : "") + token.text;
}

}  // namespace

namespace {

// Types of several words: DOUBLE PRECISION, TIMESTAMP WITH LOCAL TIME ZONE, INTERVAL DAY TO SECOND.
bool continues_type(const std::string& type, const Token& token) {
    const auto one_of = [&token](std::initializer_list<std::string_view> words) {
        return std::any_of(
            words.begin(), words.end(), [&token](std::string_view word) { return token.is(word); });
    };
    const std::string so_far = to_lower(type);
    if (so_far.starts_with("interval")) {
        return one_of({"year", "month", "day", "hour", "minute", "second", "to"});
    }
    if (so_far.starts_with("timestamp")) {
        return one_of({"with", "local", "time", "zone"});
    }
    return so_far == "double" && token.is("precision");
}

}  // namespace

SqlType take_type(TokenReader& reader) {
    std::string text;
    int depth = 0;
    while (!reader.at_end()) {
        const Token& token = reader.peek();
        const bool opens = token.is_symbol("<") || token.is_symbol("(");
        const bool more_words = text.empty() || depth > 0 || opens || continues_type(text, token);
        if (!more_words) {
            break;
        }
        depth += opens ? 1 : 0;
        depth -= token.is_symbol(">") || token.is_symbol(")") ? 1 : 0;
        depth -= token.is_symbol(">>") ? 2 : 0;
        text += type_text(token, text.empty());
        reader.next();
    }
    if (const auto type = parse_hive_type(text)) {
        return *type;
    }
    throw syntax_error("cannot recognize the type '" + text + "'");
}

std::vector<ColumnDefinition> parse_columns(TokenSpan inside) {
    std::vector<ColumnDefinition> columns;
    int depth = 0;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= inside.size(); ++i) {
        // Commas count outside of both kinds of brackets: map<string,int>, decimal(10,2).
        if (i < inside.size()) {
            depth += inside[i].is_symbol("(") || inside[i].is_symbol("<") ? 1 : 0;
            depth -= inside[i].is_symbol(")") || inside[i].is_symbol(">") ? 1 : 0;
            depth -= inside[i].is_symbol(">>") ? 2 : 0;
            if (depth > 0 || !inside[i].is_symbol(",")) {
                continue;
            }
        }
        TokenReader reader{inside.subspan(begin, i - begin)};
        begin = i + 1;
        if (table_constraint(reader, columns)) {
            continue;
        }
        ColumnDefinition column{reader.name(), take_type(reader)};
        while (!reader.at_end()) {
            if (reader.take({"comment"})) {
                column.comment = reader.string();
            } else if (reader.take({"not", "null"})) {
                column.not_null = true;
            } else if (reader.take({"primary", "key"})) {
                column.primary_key = true;
            } else {
                reader.next();
            }
        }
        columns.push_back(std::move(column));
    }
    return columns;
}

CreateTable parse_create_table(TokenReader& reader, bool temporary) {
    CreateTable create{};
    create.temporary = temporary;
    create.if_not_exists = reader.take({"if", "not", "exists"});
    create.table = reader.table();
    if (reader.take({"like"})) {
        create.like = reader.table();
        return create;
    }
    if (!reader.at_end() && reader.peek().is_symbol("(")) {
        create.columns = parse_columns(reader.bracketed());
    }
    skip_storage(reader, create);
    if (create.columns.empty() && create.query.empty()) {
        throw syntax_error("CREATE TABLE needs columns, LIKE or AS SELECT");
    }
    return create;
}

Insert parse_insert(TokenReader& reader) {
    Insert insert{};
    insert.overwrite = reader.take({"overwrite"});
    if (!insert.overwrite) {
        reader.expect("into");
    }
    reader.take({"table"});
    insert.table = reader.table();
    if (reader.take({"partition"})) {
        for (const TokenSpan part : split_commas(reader.bracketed())) {
            TokenReader inside{part};
            std::string column = inside.name();
            if (inside.take_symbol("=")) {
                insert.fixed.emplace_back(std::move(column), rewrite_expressions(inside.rest()));
            }
        }
    }
    reader.take({"if", "not", "exists"});
    // A bracket here is a list of columns unless a query begins in it.
    TokenReader ahead = reader;
    if (!ahead.at_end() && ahead.peek().is_symbol("(")) {
        const TokenSpan inside = ahead.bracketed();
        const bool query =
            !inside.empty() && (inside.front().is("select") || inside.front().is("with") ||
                                inside.front().is("values"));
        if (!query) {
            for (const TokenSpan column : split_commas(inside)) {
                insert.columns.push_back(TokenReader{column}.name());
            }
            reader = ahead;
        }
    }
    if (reader.at_end()) {
        reader.fail("VALUES or SELECT");
    }
    insert.source = rewrite_expressions(reader.rest());
    return insert;
}

}  // namespace sandbox
