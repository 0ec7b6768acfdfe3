#pragma once

#include "sql/cell.hpp"
#include "sql/functions.hpp"
#include "sql/run_control.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace sandbox {

class Query;

// One SQLite connection with Hive's functions in it.
//
// Thread safety:  none.
// Errors:         SqlError, in Hive's terms.
class Connection {
public:
    explicit Connection(const std::string& file);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    // Who runs what follows, and what may stop it. The control must outlive its use here.
    void set_caller(FunctionContext caller) { *context_ = std::move(caller); }

    // Runs one or more statements for their effect.
    void execute(const std::string& sql);
    // REQUIRES: exactly one statement. The query must not outlive the connection.
    [[nodiscard]] Query prepare(const std::string& sql);
    // All rows of a small result.
    [[nodiscard]] std::vector<Row> rows(const std::string& sql);

    // Rows the last INSERT, UPDATE or DELETE touched.
    [[nodiscard]] std::int64_t changes() const;

private:
    friend class Query;
    struct Close {
        void operator()(sqlite3* db) const noexcept;
    };

    [[noreturn]] void fail() const;

    std::unique_ptr<FunctionContext> context_ = std::make_unique<FunctionContext>();
    std::vector<FunctionBinding> bindings_;
    std::unique_ptr<sqlite3, Close> db_;
};

// A prepared statement.
class Query {
public:
    // False at the end.
    [[nodiscard]] bool step();
    // Starts again from the first row.
    void rewind();

    // Fills the placeholder of this number, from 0.
    void bind(std::size_t parameter, const Cell& value);

    [[nodiscard]] std::size_t columns() const;
    [[nodiscard]] std::string name(std::size_t column) const;
    // The words of CREATE TABLE for a plain column; empty for an expression.
    [[nodiscard]] std::string declared(std::size_t column) const;
    [[nodiscard]] Cell cell(std::size_t column) const;
    // Replaces `row` by the current one.
    void read(Row& row) const;
    [[nodiscard]] bool is_readonly() const;

private:
    friend class Connection;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const noexcept;
    };
    Query(const Connection& owner, sqlite3_stmt* statement)
        : owner_{&owner}, statement_{statement} {}

    const Connection* owner_;
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

}  // namespace sandbox
