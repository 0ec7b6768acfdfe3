#include "sql/compile.hpp"
#include "sql/sql_error.hpp"
#include "sql/text.hpp"

#include <deque>
#include <utility>

namespace sandbox {
namespace {

// A small result is read whole, which frees its connection; of a large one this much is read ahead,
// and the rest row by row as it is fetched.
constexpr std::size_t kRowsAhead = 1000;
constexpr std::size_t kBytesAhead = 4 << 20;

std::size_t size_of(const Row& row) {
    std::size_t bytes = row.size() * sizeof(Cell);
    for (const Cell& cell : row) {
        if (const auto* text = std::get_if<std::string>(&cell)) {
            bytes += text->size();
        } else if (const auto* blob = std::get_if<Blob>(&cell)) {
            bytes += blob->bytes.size();
        }
    }
    return bytes;
}

class RunningQuery final : public Execution {
public:
    RunningQuery(std::unique_ptr<Connection> connection,
                 Query query,
                 std::vector<QueryColumn> known,
                 RunOptions options)
        : connection_{std::move(connection)},
          query_{std::move(query)},
          known_{std::move(known)},
          options_{options},
          has_result_{query_->columns() > 0} {}

    bool has_result() const override { return has_result_; }

    void run() override {
        read_ahead();
        if (!has_result_) {
            affected_ = connection_->changes();
        }
        for (std::size_t i = 0; i < known_.size(); ++i) {
            columns_.push_back(
                {known_[i].name, known_[i].type ? *known_[i].type : type_of_column(i), {}});
        }
    }

    const std::vector<ResultColumn>& columns() const override { return columns_; }

    bool next(Row& row) override {
        if (at_ < ahead_.size()) {
            row = ahead_[at_++];
            return true;
        }
        // Stepping beyond the end would begin again.
        ended_ = ended_ || complete_ || !step(row);
        return !ended_;
    }

    void rewind() override {
        at_ = 0;
        ended_ = false;
        if (!complete_) {
            query_->rewind();
            read_ahead();
        }
    }

    std::optional<std::int64_t> affected() const override { return affected_; }

private:
    bool step(Row& row) {
        const bool delay = options_.row_delay > std::chrono::milliseconds::zero();
        if (delay && options_.control != nullptr && !options_.control->sleep(options_.row_delay)) {
            throw from_sqlite("interrupted");
        }
        if (!query_->step()) {
            return false;
        }
        query_->read(row);
        return true;
    }

    void read_ahead() {
        ahead_.clear();
        std::size_t bytes = 0;
        Row row;
        while (ahead_.size() < kRowsAhead && bytes < kBytesAhead) {
            if (!step(row)) {
                complete_ = true;
                break;
            }
            bytes += size_of(row);
            ahead_.push_back(std::move(row));
        }
        if (complete_ && has_result_) {
            query_.reset();
            connection_.reset();
        }
    }

    SqlType type_of_column(std::size_t column) const {
        for (const Row& row : ahead_) {
            if (!is_null(row[column])) {
                return type_of_value(row[column]);
            }
        }
        return {};
    }

    // The query goes before its connection.
    std::unique_ptr<Connection> connection_;
    std::optional<Query> query_;
    std::vector<QueryColumn> known_;
    RunOptions options_;
    bool has_result_;

    std::vector<ResultColumn> columns_;
    std::vector<Row> ahead_;
    std::size_t at_ = 0;
    bool complete_ = false;  // ahead_ holds the whole result
    bool ended_ = false;
    std::optional<std::int64_t> affected_;
};

std::optional<SqlType> by_name(const std::optional<Outline>& outline, const std::string& name) {
    if (outline) {
        for (const OutlineColumn& column : *outline) {
            if (same_word(column.name, name)) {
                return column.type;
            }
        }
    }
    return std::nullopt;
}

}  // namespace

SqlType type_of_value(const Cell& value) {
    switch (value.index()) {
        case 1:
            return {TypeId::kBigint};
        case 2:
            return {TypeId::kDouble};
        case 4:
            return {TypeId::kBinary};
        default:
            return {TypeId::kString};
    }
}

std::vector<QueryColumn> query_columns(const Query& query,
                                       TokenSpan tokens,
                                       const TableLookup& lookup) {
    const auto outline = outline_query(tokens, lookup);
    const bool whole = outline && outline->size() == query.columns();
    std::vector<QueryColumn> out;
    for (std::size_t i = 0; i < query.columns(); ++i) {
        QueryColumn column{query.name(i), type_of_declaration(query.declared(i))};
        if (!column.type) {
            column.type = whole ? (*outline)[i].type : by_name(outline, column.name);
        }
        if (whole && (*outline)[i].name.empty()) {
            column.name = "_c" + std::to_string(i);  // as Hive calls it
        }
        out.push_back(std::move(column));
    }
    return out;
}

std::unique_ptr<Execution> compile_query(const CompileContext& context, Tokens tokens) {
    auto connection = context.open(tokens);
    Query query = connection->prepare(to_sqlite(tokens));
    auto columns = query.columns() > 0 ? query_columns(query, tokens, context.lookup())
                                       : std::vector<QueryColumn>{};
    return std::make_unique<RunningQuery>(
        std::move(connection), std::move(query), std::move(columns), context.options);
}

}  // namespace sandbox
