#pragma once

// Takes SQL apart as far as is needed to know what is a string, a name or a comment and what is
// not. Link cistern::hive_values.

#include <string_view>

namespace hive {

struct SqlPiece {
    enum class Kind {
        kCode,          // one byte of anything else
        kQuoted,        // '...' or "...": a backslash takes the next byte with it
        kName,          // `...`: a backslash is an ordinary character
        kLineComment,   // from -- up to its line end, which is not part of it
        kBlockComment,  // from /* up to the next */: hints too
    };

    Kind kind = Kind::kCode;
    std::string_view text{};  // with its quotes
    bool is_closed = true;    // false for what ends with the SQL instead of its own end
};

// The piece that `sql` begins with, as Hive and Spark see it. A doubled quote is two pieces side by
// side, which comes to the same. REQUIRES: sql is not empty. Any thread may call it.
[[nodiscard]] SqlPiece first_piece(std::string_view sql) noexcept;

}  // namespace hive
