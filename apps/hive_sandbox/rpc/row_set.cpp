#include "rpc/row_set.hpp"

#include "sql/convert.hpp"
#include "sql/sql_error.hpp"

#include <thrift/protocol/TCompactProtocol.h>
#include <thrift/transport/TBufferTransports.h>

#include <cmath>
#include <limits>
#include <memory>
#include <utility>

namespace sandbox {
namespace {

namespace rpc = hive::rpc;

double as_double(const Cell& cell) {
    const auto* number = std::get_if<double>(&cell);
    return number != nullptr ? *number : std::numeric_limits<double>::quiet_NaN();
}

std::int64_t as_integer(const Cell& cell) {
    const auto* number = std::get_if<std::int64_t>(&cell);
    return number != nullptr ? *number : 0;
}

std::string as_text(Cell& cell, const SqlType& type) {
    auto* text = std::get_if<std::string>(&cell);
    const bool as_it_is =
        text != nullptr && type.id != TypeId::kDecimal && type.id != TypeId::kChar;
    return as_it_is ? std::move(*text) : display(cell, type);
}

// Sets the union's member for the type, so that a column without rows has one too.
void choose_member(rpc::TColumn& column, TypeId id) {
    switch (id) {
        case TypeId::kBoolean:
            column.__isset.boolVal = true;
            break;
        case TypeId::kTinyint:
            column.__isset.byteVal = true;
            break;
        case TypeId::kSmallint:
            column.__isset.i16Val = true;
            break;
        case TypeId::kInt:
            column.__isset.i32Val = true;
            break;
        case TypeId::kBigint:
            column.__isset.i64Val = true;
            break;
        case TypeId::kFloat:
        case TypeId::kDouble:
            column.__isset.doubleVal = true;
            break;
        case TypeId::kBinary:
            column.__isset.binaryVal = true;
            break;
        default:
            column.__isset.stringVal = true;
    }
}

// Calls `visit` with the member in use.
template <typename Visit>
void with_member(rpc::TColumn& column, Visit visit) {
    if (column.__isset.boolVal) {
        visit(column.boolVal);
    } else if (column.__isset.byteVal) {
        visit(column.byteVal);
    } else if (column.__isset.i16Val) {
        visit(column.i16Val);
    } else if (column.__isset.i32Val) {
        visit(column.i32Val);
    } else if (column.__isset.i64Val) {
        visit(column.i64Val);
    } else if (column.__isset.doubleVal) {
        visit(column.doubleVal);
    } else if (column.__isset.binaryVal) {
        visit(column.binaryVal);
    } else {
        visit(column.stringVal);
    }
}

bool all_set(const std::vector<bool>& bits) {
    for (const bool bit : bits) {
        if (!bit) {
            return false;
        }
    }
    return true;
}

std::string compact(const std::vector<rpc::TColumn>& columns) {
    auto memory = std::make_shared<apache::thrift::transport::TMemoryBuffer>();
    apache::thrift::protocol::TCompactProtocol protocol{memory};
    for (const rpc::TColumn& column : columns) {
        column.write(&protocol);
    }
    return memory->getBufferAsString();
}

rpc::TColumnValue row_value(Cell& cell, const SqlType& type) {
    rpc::TColumnValue out;
    const bool null = is_null(cell);
    const auto put = [null](auto wrapped, auto value, auto set_union) {
        if (!null) {
            wrapped.__set_value(value);
        }
        set_union(wrapped);
    };
    switch (type.id) {
        case TypeId::kBoolean:
            put(rpc::TBoolValue{}, as_integer(cell) != 0, [&](const auto& v) {
                out.__set_boolVal(v);
            });
            break;
        case TypeId::kTinyint:
            put(rpc::TByteValue{}, static_cast<std::int8_t>(as_integer(cell)), [&](const auto& v) {
                out.__set_byteVal(v);
            });
            break;
        case TypeId::kSmallint:
            put(rpc::TI16Value{}, static_cast<std::int16_t>(as_integer(cell)), [&](const auto& v) {
                out.__set_i16Val(v);
            });
            break;
        case TypeId::kInt:
            put(rpc::TI32Value{}, static_cast<std::int32_t>(as_integer(cell)), [&](const auto& v) {
                out.__set_i32Val(v);
            });
            break;
        case TypeId::kBigint:
            put(rpc::TI64Value{}, as_integer(cell), [&](const auto& v) { out.__set_i64Val(v); });
            break;
        case TypeId::kFloat:
        case TypeId::kDouble:
            put(rpc::TDoubleValue{}, as_double(cell), [&](const auto& v) {
                out.__set_doubleVal(v);
            });
            break;
        default:
            put(rpc::TStringValue{},
                null ? std::string{} : as_text(cell, type),
                [&](const auto& v) { out.__set_stringVal(v); });
    }
    return out;
}

}  // namespace

Cell canonical(const Cell& cell, const ResultColumn& column) {
    const TypeId id = column.type.id;
    const bool is_number = std::holds_alternative<std::int64_t>(cell);
    if (is_integer(id) && is_number) {
        if (!fits(std::get<std::int64_t>(cell), id)) {
            throw SqlError{"the value " + std::to_string(std::get<std::int64_t>(cell)) +
                               " in the column '" + column.name + "' is too large for its type " +
                               to_string(column.type),
                           "22003",
                           1};
        }
        return cell;
    }
    if (id == TypeId::kDecimal && !std::holds_alternative<Blob>(cell)) {
        return cell;
    }
    // Texts, and whatever else is in its stored form already, come back unchanged.
    const bool stored = (id == TypeId::kString && std::holds_alternative<std::string>(cell)) ||
                        (id == TypeId::kDouble && std::holds_alternative<double>(cell)) ||
                        is_null(cell);
    return stored ? cell : convert(cell, column.type);
}

std::string null_bitmap(const std::vector<bool>& nulls, BitmapForm form) {
    std::string bits((nulls.size() + 7) / 8, '\0');
    std::size_t length = 0;  // one past the last NULL
    for (std::size_t i = 0; i < nulls.size(); ++i) {
        if (nulls[i]) {
            bits[i / 8] =
                static_cast<char>(static_cast<unsigned char>(bits[i / 8]) | (1U << (i % 8)));
            length = i + 1;
        }
    }
    switch (form) {
        case BitmapForm::kHive:
            bits.resize(1 + length / 8);
            break;
        case BitmapForm::kSpark:
            bits.resize((length + 7) / 8);
            break;
        case BitmapForm::kPadded:
            break;
        case BitmapForm::kLong:
            bits.append(8, '\xff');
            break;
    }
    return bits;
}

RowSetBuilder::RowSetBuilder(const std::vector<ResultColumn>& columns,
                             int version,
                             const Faults& faults)
    : columns_{columns}, faults_{faults}, columnar_{version >= kFirstColumnarVersion} {
    if (columnar_) {
        out_.resize(columns.size());
        nulls_.resize(columns.size());
        for (std::size_t i = 0; i < columns.size(); ++i) {
            choose_member(out_[i], columns[i].type.id);
        }
    }
}

void RowSetBuilder::add(Row& row) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        row[i] = canonical(row[i], columns_[i]);
    }
    if (columnar_) {
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            add_to_column(i, row[i]);
        }
    } else {
        add_row(row);
    }
    ++rows_;
}

void RowSetBuilder::add_to_column(std::size_t i, Cell& cell) {
    rpc::TColumn& column = out_[i];
    const SqlType& type = columns_[i].type;
    const bool null = is_null(cell);
    nulls_[i].push_back(null);
    bytes_ += sizeof(std::int64_t);
    // What stands in the place of a NULL is what Hive puts there.
    if (column.__isset.boolVal) {
        column.boolVal.values.push_back(null || as_integer(cell) != 0);
    } else if (column.__isset.byteVal) {
        column.byteVal.values.push_back(static_cast<std::int8_t>(as_integer(cell)));
    } else if (column.__isset.i16Val) {
        column.i16Val.values.push_back(static_cast<std::int16_t>(as_integer(cell)));
    } else if (column.__isset.i32Val) {
        column.i32Val.values.push_back(static_cast<std::int32_t>(as_integer(cell)));
    } else if (column.__isset.i64Val) {
        column.i64Val.values.push_back(as_integer(cell));
    } else if (column.__isset.doubleVal) {
        column.doubleVal.values.push_back(null ? 0 : as_double(cell));
    } else if (column.__isset.binaryVal) {
        auto* blob = std::get_if<Blob>(&cell);
        column.binaryVal.values.push_back(blob == nullptr ? std::string{} : std::move(blob->bytes));
        bytes_ += column.binaryVal.values.back().size();
    } else {
        column.stringVal.values.push_back(null ? std::string{} : as_text(cell, type));
        bytes_ += column.stringVal.values.back().size();
    }
}

void RowSetBuilder::add_row(Row& row) {
    rpc::TRow out;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        out.colVals.push_back(row_value(row[i], columns_[i].type));
        bytes_ += sizeof(std::int64_t) + out.colVals.back().stringVal.value.size();
    }
    out_rows_.push_back(std::move(out));
}

rpc::TRowSet RowSetBuilder::finish() && {
    rpc::TRowSet out;
    out.startRowOffset = 0;
    if (!columnar_) {
        out.rows = std::move(out_rows_);
        return out;
    }
    for (std::size_t i = 0; i < out_.size(); ++i) {
        with_member(out_[i], [&](auto& member) {
            member.nulls = null_bitmap(nulls_[i], faults_.bitmap);
            if (faults_.short_null_columns && all_set(nulls_[i])) {
                member.values.clear();
            }
        });
    }
    if (faults_.compact_columns) {
        out.__set_columnCount(static_cast<std::int32_t>(out_.size()));
        out.__set_binaryColumns(compact(out_));
    } else {
        out.columns = std::move(out_);
        out.__isset.columns = true;
    }
    return out;
}

}  // namespace sandbox
