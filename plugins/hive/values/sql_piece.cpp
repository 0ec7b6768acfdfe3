#include <cistern/hive/sql_piece.hpp>

#include <algorithm>

namespace hive {
namespace {

using Kind = SqlPiece::Kind;

SqlPiece quoted(std::string_view sql) noexcept {
    const char quote = sql.front();
    std::size_t end = 1;
    while (end < sql.size() && sql[end] != quote) {
        end += sql[end] == '\\' && quote != '`' ? 2 : 1;
    }
    const bool is_closed = end < sql.size();
    return {quote == '`' ? Kind::kName : Kind::kQuoted,
            sql.substr(0, is_closed ? end + 1 : sql.size()),
            is_closed};
}

SqlPiece block_comment(std::string_view sql) noexcept {
    const std::size_t end = sql.find("*/", 2);
    const bool is_closed = end != std::string_view::npos;
    return {Kind::kBlockComment, sql.substr(0, is_closed ? end + 2 : sql.size()), is_closed};
}

}  // namespace

SqlPiece first_piece(std::string_view sql) noexcept {
    if (sql.starts_with("--")) {
        return {Kind::kLineComment, sql.substr(0, std::min(sql.find('\n'), sql.size()))};
    }
    if (sql.starts_with("/*")) {
        return block_comment(sql);
    }
    const char c = sql.front();
    return c == '\'' || c == '"' || c == '`' ? quoted(sql)
                                             : SqlPiece{Kind::kCode, sql.substr(0, 1)};
}

}  // namespace hive
