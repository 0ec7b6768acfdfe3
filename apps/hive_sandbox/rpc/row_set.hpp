#pragma once

#include "hive_rpc/TCLIService_types.h"
#include "rpc/faults.hpp"
#include "sql/cell.hpp"
#include "sql/execution.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace sandbox {

// From this version on results travel by columns.
inline constexpr int kFirstColumnarVersion = 5;  // V6, counted from 0 as the protocol does

// Collects rows and turns them into what the protocol carries.
class RowSetBuilder {
public:
    // `columns` must outlive the builder. `version` is the negotiated one.
    RowSetBuilder(const std::vector<ResultColumn>& columns, int version, const Faults& faults);

    // Throws SqlError for a value that the column's type cannot hold.
    void add(Row& row);

    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

    [[nodiscard]] hive::rpc::TRowSet finish() &&;

private:
    void add_to_column(std::size_t i, Cell& cell);
    void add_row(Row& row);

    const std::vector<ResultColumn>& columns_;
    Faults faults_;
    bool columnar_;
    std::size_t rows_ = 0;
    std::size_t bytes_ = 0;
    std::vector<hive::rpc::TColumn> out_;
    std::vector<std::vector<bool>> nulls_;
    std::vector<hive::rpc::TRow> out_rows_;
};

[[nodiscard]] std::string null_bitmap(const std::vector<bool>& nulls, BitmapForm form);

[[nodiscard]] hive::rpc::TTableSchema make_schema(const std::vector<ResultColumn>& columns,
                                                  const Faults& faults);

// In the form the column's type travels in; NULL stays. Throws SqlError when it does not fit.
[[nodiscard]] Cell canonical(const Cell& cell, const ResultColumn& column);

}  // namespace sandbox
