#include "row_set_rows.hpp"

#include <cistern/error.hpp>

#include <algorithm>
#include <type_traits>
#include <variant>

namespace hive {
namespace {

using namespace apache::thrift::protocol;
using Field = LimitedProtocol::Field;

template <std::size_t kIndex>
bool choose(Column& column) {
    if (column.values.index() != kIndex) {
        column.values.emplace<kIndex>();
    }
    return true;
}

void mark_null(Column& column, std::size_t row) {
    column.nulls.resize(std::max(column.nulls.size(), row / 8 + 1));
    column.nulls[row / 8] = static_cast<std::uint8_t>(column.nulls[row / 8] | 1U << (row % 8));
}

TType value_type(Member member) {
    switch (member) {
        case Member::kBool:
            return T_BOOL;
        case Member::kByte:
            return T_BYTE;
        case Member::kI16:
            return T_I16;
        case Member::kI32:
            return T_I32;
        case Member::kI64:
            return T_I64;
        case Member::kDouble:
            return T_DOUBLE;
        default:
            return T_STRING;
    }
}

void append_value(LimitedProtocol& protocol, Texts& values) {
    values.push_back(protocol.read_text());
}

template <class Number>
void append_value(LimitedProtocol& protocol, std::vector<Number>& values) {
    if constexpr (std::is_same_v<Number, std::uint8_t>) {
        values.push_back(protocol.transport().read_byte() != 0 ? 1 : 0);
    } else if constexpr (std::is_same_v<Number, std::int8_t>) {
        values.push_back(static_cast<std::int8_t>(protocol.transport().read_byte()));
    } else if constexpr (std::is_same_v<Number, std::int16_t>) {
        protocol.readI16(values.emplace_back());
    } else if constexpr (std::is_same_v<Number, std::int32_t>) {
        values.push_back(protocol.transport().read_i32());
    } else if constexpr (std::is_same_v<Number, std::int64_t>) {
        protocol.readI64(values.emplace_back());
    } else {
        protocol.readDouble(values.emplace_back());
    }
}

void append_placeholder(Column& column) {
    std::visit(
        [](auto& values) {
            if constexpr (std::is_base_of_v<Texts, std::decay_t<decltype(values)>>) {
                values.finish();
            } else {
                values.emplace_back();
            }
        },
        column.values);
}

// TBoolValue, TI32Value and so on: a value, or nothing for NULL.
void read_value(LimitedProtocol& protocol, Column& column, Member member) {
    bool has_value = false;
    for (Field field = protocol.read_field(); field.type != T_STOP; field = protocol.read_field()) {
        if (field.id == 1 && field.type == value_type(member) && !has_value) {
            std::visit([&](auto& values) { append_value(protocol, values); }, column.values);
            has_value = true;
        } else {
            protocol.skip_value(field.type);
        }
    }
    if (!has_value) {
        mark_null(column, column.size());
        append_placeholder(column);
    }
}

// The value of a column that holds another type: a NULL may come as any type.
void read_foreign_null(LimitedProtocol& protocol) {
    for (Field field = protocol.read_field(); field.type != T_STOP; field = protocol.read_field()) {
        if (field.id == 1) {
            throw cistern::ProtocolError{"hive: a column changes its type from one row to another"};
        }
        protocol.skip_value(field.type);
    }
}

// One TColumnValue: which of its members is set tells the type.
void read_cell(LimitedProtocol& protocol, Column& column, bool is_first) {
    const auto row = column.size();
    for (Field field = protocol.read_field(); field.type != T_STOP; field = protocol.read_field()) {
        if (field.type != T_STRUCT || column.size() != row) {
            protocol.skip_value(field.type);
        } else if (is_first ? prepare_column(column, field.id)
                            : column.values.index() + 1 == static_cast<std::size_t>(field.id)) {
            read_value(protocol, column, Member{field.id});
        } else {
            read_foreign_null(protocol);
        }
    }
    if (column.size() == row) {
        mark_null(column, row);
        append_placeholder(column);
    }
}

void read_row(LimitedProtocol& protocol, Batch& batch) {
    for (Field field = protocol.read_field(); field.type != T_STOP; field = protocol.read_field()) {
        if (field.id != 1 || field.type != T_LIST) {
            protocol.skip_value(field.type);
            continue;
        }
        const auto cells = protocol.read_list();
        const bool is_first = batch.rows == 0;
        if (is_first) {
            protocol.transport().charge_elements(cells.size);
            batch.columns.resize(cells.size);
        }
        if ((cells.type != T_STRUCT && cells.size != 0) || cells.size != batch.columns.size()) {
            throw cistern::ProtocolError{
                "hive: the rows of a result differ in their number of values"};
        }
        for (auto& column : batch.columns) {
            read_cell(protocol, column, is_first);
        }
    }
    ++batch.rows;
}

}  // namespace

bool choose_member(Column& column, std::int16_t member) {
    switch (Member{member}) {
        case Member::kBool:
            return choose<0>(column);
        case Member::kByte:
            return choose<1>(column);
        case Member::kI16:
            return choose<2>(column);
        case Member::kI32:
            return choose<3>(column);
        case Member::kI64:
            return choose<4>(column);
        case Member::kDouble:
            return choose<5>(column);
        case Member::kText:
            return choose<6>(column);
        case Member::kBinary:
            return choose<7>(column);
    }
    return false;
}

bool prepare_column(Column& column, std::int16_t member) {
    if (!choose_member(column, member)) {
        return false;
    }
    clear_column(column);
    return true;
}

void clear_column(Column& column) {
    std::visit([](auto& values) { values.clear(); }, column.values);
    column.nulls.clear();
}

void read_rows(LimitedProtocol& protocol, Batch& batch) {
    const auto list = protocol.read_list();
    if (list.type != T_STRUCT && list.size != 0) {
        throw cistern::ProtocolError{"hive: the rows of a result are not structs"};
    }
    protocol.transport().expect(list.size);
    if (list.size == 0) {
        return;  // as in every reply of columns, whose memory is to be used again
    }
    for (auto& column : batch.columns) {
        clear_column(column);
    }
    for (std::uint32_t row = 0; row < list.size; ++row) {
        read_row(protocol, batch);
    }
}

}  // namespace hive
