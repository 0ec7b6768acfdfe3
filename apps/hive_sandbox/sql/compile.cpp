#include "sql/compile.hpp"

#include "sql/expressions.hpp"
#include "sql/sql_error.hpp"
#include "sql/text.hpp"

#include <utility>

namespace sandbox {
namespace {

class KnownRows final : public Execution {
public:
    KnownRows(std::vector<ResultColumn> columns, std::vector<Row> rows)
        : columns_{std::move(columns)}, rows_{std::move(rows)} {}

    bool has_result() const override { return true; }
    void run() override {}
    const std::vector<ResultColumn>& columns() const override { return columns_; }
    bool next(Row& row) override {
        if (at_ == rows_.size()) {
            return false;
        }
        row = rows_[at_++];
        return true;
    }
    void rewind() override { at_ = 0; }

private:
    std::vector<ResultColumn> columns_;
    std::vector<Row> rows_;
    std::size_t at_ = 0;
};

class Work final : public Execution {
public:
    explicit Work(std::function<std::optional<std::int64_t>()> work) : work_{std::move(work)} {}

    bool has_result() const override { return false; }
    void run() override {
        affected_ = work_();
        // Whatever it held open, other statements wait for.
        work_ = nullptr;
    }
    const std::vector<ResultColumn>& columns() const override { return columns_; }
    bool next(Row&) override { return false; }
    void rewind() override {}
    std::optional<std::int64_t> affected() const override { return affected_; }

private:
    std::function<std::optional<std::int64_t>()> work_;
    std::vector<ResultColumn> columns_;
    std::optional<std::int64_t> affected_;
};

std::unique_ptr<Execution> nothing() {
    return make_work([]() -> std::optional<std::int64_t> { return std::nullopt; });
}

// One overload per kind of statement.
struct Compiler {
    const CompileContext& context;

    std::unique_ptr<Execution> operator()(const PlainSql& s) const {
        return compile_query(context, s.tokens);
    }
    std::unique_ptr<Execution> operator()(const Explain& s) const {
        Tokens tokens = tokenize("EXPLAIN QUERY PLAN");
        tokens.insert(tokens.end(), s.tokens.begin(), s.tokens.end());
        const auto connection = context.open(tokens);
        std::vector<Row> rows;
        for (Row& row : connection->rows(to_sqlite(tokens))) {
            rows.push_back({std::move(row.back())});
        }
        return make_rows({{"Explain", {TypeId::kString}}}, std::move(rows));
    }
    std::unique_ptr<Execution> operator()(const UseDatabase& s) const {
        if (!context.catalog.has(s.name)) {
            throw database_not_found(s.name);
        }
        context.session.database = s.name;
        return nothing();
    }
    std::unique_ptr<Execution> operator()(const CreateDatabase& s) const {
        return make_work([&catalog = context.catalog, s]() -> std::optional<std::int64_t> {
            catalog.create(s);
            return std::nullopt;
        });
    }
    std::unique_ptr<Execution> operator()(const DropDatabase& s) const {
        return make_work([&catalog = context.catalog, s]() -> std::optional<std::int64_t> {
            catalog.drop(s);
            return std::nullopt;
        });
    }
    std::unique_ptr<Execution> operator()(const CreateTable& s) const {
        return compile_create(context, s);
    }
    std::unique_ptr<Execution> operator()(const Insert& s) const {
        return compile_insert(context, s);
    }
    std::unique_ptr<Execution> operator()(const AddColumns& s) const {
        return compile_add_columns(context, s);
    }
    std::unique_ptr<Execution> operator()(const Truncate& s) const {
        const Table table = context.table(s.table);
        std::shared_ptr<Connection> connection = context.open_database(table.database);
        return make_work([connection, name = table.name]() -> std::optional<std::int64_t> {
            connection->execute("DELETE FROM " + quote_name(name));
            return std::nullopt;
        });
    }
    std::unique_ptr<Execution> operator()(const SetVariable& s) const {
        return compile_set(context, s);
    }
    std::unique_ptr<Execution> operator()(const Nothing&) const { return nothing(); }
    template <typename Show>
    std::unique_ptr<Execution> operator()(const Show& s) const {
        return compile_show(context, s);
    }
};

std::string with_variables(const std::string& sql, const SessionState& session) {
    return substitute(sql, [&session](const std::string& name) -> std::optional<std::string> {
        const auto colon = name.find(':');
        const std::string space = colon == std::string::npos ? "hivevar" : name.substr(0, colon);
        const std::string key = colon == std::string::npos ? name : name.substr(colon + 1);
        const auto& map = space == "hiveconf" ? session.conf : session.variables;
        const auto found = map.find(key);
        const bool known = (space == "hiveconf" || space == "hivevar") && found != map.end();
        return known ? std::optional{found->second} : std::nullopt;
    });
}

}  // namespace

std::unique_ptr<Execution> make_rows(std::vector<ResultColumn> columns, std::vector<Row> rows) {
    return std::make_unique<KnownRows>(std::move(columns), std::move(rows));
}

std::unique_ptr<Execution> make_work(std::function<std::optional<std::int64_t>()> work) {
    return std::make_unique<Work>(std::move(work));
}

std::unique_ptr<Connection> CompileContext::open(TokenSpan tokens) const {
    auto connection = catalog.open(session.database, tokens);
    connection->set_caller({options.control, session.user, session.database});
    return connection;
}

std::unique_ptr<Connection> CompileContext::open_database(const std::string& database) const {
    auto connection = catalog.open(database);
    connection->set_caller({options.control, session.user, session.database});
    return connection;
}

Table CompileContext::table(const TableName& name) const {
    const std::string& database = database_of(name);
    auto found = catalog.table(database, name.table);
    if (!found) {
        throw table_not_found(name.database.empty() ? name.table : database + '.' + name.table);
    }
    return std::move(*found);
}

TableLookup CompileContext::lookup() const {
    return [this](const TableName& name) -> std::optional<Outline> {
        const std::string& database = database_of(name);
        const auto found =
            catalog.has(database) ? catalog.table(database, name.table) : std::nullopt;
        if (!found) {
            return std::nullopt;
        }
        Outline out;
        for (const TableColumn& column : found->columns) {
            out.push_back({column.name, column.type});
        }
        return out;
    };
}

std::unique_ptr<Execution> compile(const std::string& sql,
                                   Catalog& catalog,
                                   SessionState& session,
                                   const RunOptions& options,
                                   const SetHook& on_set) {
    const CompileContext context{catalog, session, options, on_set};
    return std::visit(Compiler{context}, parse_statement(with_variables(sql, session)));
}

}  // namespace sandbox
