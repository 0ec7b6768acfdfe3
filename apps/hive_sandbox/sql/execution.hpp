#pragma once

#include "sql/catalog.hpp"
#include "sql/cell.hpp"
#include "sql/run_control.hpp"
#include "sql/sql_type.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sandbox {

struct ResultColumn {
    std::string name;
    SqlType type;
    std::string comment{};
};

// One compiled statement: run() once, then read its rows, if it has any.
//
// Thread safety:  none.
// Errors:         SqlError.
class Execution {
public:
    Execution() = default;
    Execution(const Execution&) = delete;
    Execution& operator=(const Execution&) = delete;
    virtual ~Execution() = default;

    [[nodiscard]] virtual bool has_result() const = 0;
    // Does what must be done before the first row can be read.
    virtual void run() = 0;
    // REQUIRES: run() has returned.
    [[nodiscard]] virtual const std::vector<ResultColumn>& columns() const = 0;
    // The next row; false at the end.
    [[nodiscard]] virtual bool next(Row& row) = 0;
    // Back to the first row.
    virtual void rewind() = 0;
    // Rows an INSERT, UPDATE or DELETE changed.
    [[nodiscard]] virtual std::optional<std::int64_t> affected() const { return std::nullopt; }
};

// What a session gives to its statements and what they change in it.
struct SessionState {
    std::string user{};
    std::string database = "default";
    std::map<std::string, std::string> conf{};
    std::map<std::string, std::string> variables{};
};

// How one statement runs. The control must outlive the execution.
struct RunOptions {
    RunControl* control = nullptr;
    std::chrono::milliseconds row_delay{0};
};

// Called when a statement sets a name that begins with "sandbox."; throws SqlError for a bad one.
using SetHook = std::function<void(const std::string& name, const std::string& value)>;

// Understands one HiveQL text and makes it ready to run. USE and SET take effect here, everything
// else when it is run.
[[nodiscard]] std::unique_ptr<Execution> compile(const std::string& sql,
                                                 Catalog& catalog,
                                                 SessionState& session,
                                                 const RunOptions& options,
                                                 const SetHook& on_set);

// Rows that are known already, under their columns.
[[nodiscard]] std::unique_ptr<Execution> make_rows(std::vector<ResultColumn> columns,
                                                   std::vector<Row> rows);
// Work without rows; it returns how many rows it changed, if it counts any.
[[nodiscard]] std::unique_ptr<Execution> make_work(
    std::function<std::optional<std::int64_t>()> work);

}  // namespace sandbox
