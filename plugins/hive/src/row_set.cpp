#include "row_set.hpp"

#include "row_set_rows.hpp"

#include <cistern/error.hpp>

#include <algorithm>
#include <bit>
#include <cstring>
#include <type_traits>

namespace hive {
namespace {

using namespace apache::thrift::protocol;
using Field = LimitedProtocol::Field;

// Values are read in pieces of this many bytes, each into room made for it.
constexpr std::size_t kPieceSize = 64 * 1024;

template <class Number>
Number from_wire(Number number) {
    if constexpr (sizeof(Number) == 1 || std::endian::native == std::endian::big) {
        return number;
    } else if constexpr (sizeof(Number) == 2) {
        return std::bit_cast<Number>(__builtin_bswap16(std::bit_cast<std::uint16_t>(number)));
    } else if constexpr (sizeof(Number) == 4) {
        return std::bit_cast<Number>(__builtin_bswap32(std::bit_cast<std::uint32_t>(number)));
    } else {
        return std::bit_cast<Number>(__builtin_bswap64(std::bit_cast<std::uint64_t>(number)));
    }
}

template <class Number>
void read_values(LimitedProtocol& protocol, std::vector<Number>& values, std::uint32_t count) {
    auto& transport = protocol.transport();
    transport.expect(std::uint64_t{count} * sizeof(Number));
    while (count > 0) {
        const auto piece = std::min<std::size_t>(count, kPieceSize / sizeof(Number));
        const auto old_size = values.size();
        values.resize(old_size + piece);
        transport.read_exactly(reinterpret_cast<char*>(&values[old_size]), piece * sizeof(Number));
        std::transform(values.begin() + static_cast<std::ptrdiff_t>(old_size),
                       values.end(),
                       values.begin() + static_cast<std::ptrdiff_t>(old_size),
                       from_wire<Number>);
        count -= static_cast<std::uint32_t>(piece);
    }
}

void read_values(LimitedProtocol& protocol, Texts& values, std::uint32_t count) {
    auto& transport = protocol.transport();
    for (; count > 0; --count) {
        for (std::size_t left = protocol.read_length(); left > 0;) {
            const auto part = transport.take_some(left);
            values.append(part);
            left -= part.size();
        }
        values.finish();
    }
}

template <class Values>
constexpr TType element_type() {
    if constexpr (std::is_base_of_v<Texts, Values>) {
        return T_STRING;
    } else {
        using Number = typename Values::value_type;
        if constexpr (std::is_same_v<Number, std::uint8_t>) {
            return T_BOOL;
        } else if constexpr (std::is_same_v<Number, double>) {
            return T_DOUBLE;
        } else {
            return sizeof(Number) == 1   ? T_BYTE
                   : sizeof(Number) == 2 ? T_I16
                   : sizeof(Number) == 4 ? T_I32
                                         : T_I64;
        }
    }
}

void read_list(LimitedProtocol& protocol, Column& column) {
    const auto list = protocol.read_list();
    std::visit(
        [&](auto& values) {
            if (list.type != element_type<std::decay_t<decltype(values)>>() && list.size != 0) {
                throw cistern::ProtocolError{
                    "hive: a column holds values of another type than it says"};
            }
            read_values(protocol, values, list.size);
        },
        column.values);
}

void read_nulls(LimitedProtocol& protocol, std::vector<std::uint8_t>& nulls) {
    for (std::size_t left = protocol.read_length(); left > 0;) {
        const auto part = protocol.transport().take_some(left);
        nulls.insert(nulls.end(), part.begin(), part.end());
        left -= part.size();
    }
}

// TBoolColumn, TI32Column and so on, which differ in nothing but what they list.
void read_typed_column(LimitedProtocol& protocol, Column& column) {
    bool has_values = false;
    for (Field field = protocol.read_field(); field.type != T_STOP; field = protocol.read_field()) {
        if (field.id == 1 && field.type == T_LIST && !has_values) {
            read_list(protocol, column);
            has_values = true;
        } else if (field.id == 2 && field.type == T_STRING && column.nulls.empty()) {
            read_nulls(protocol, column.nulls);
        } else {
            protocol.skip_value(field.type);
        }
    }
}

void read_column(LimitedProtocol& protocol, Column& column) {
    bool is_known = false;
    for (Field field = protocol.read_field(); field.type != T_STOP; field = protocol.read_field()) {
        if (!is_known && field.type == T_STRUCT && prepare_column(column, field.id)) {
            read_typed_column(protocol, column);
            is_known = true;
        } else {
            protocol.skip_value(field.type);
        }
    }
}

// BOOLEAN promises 0 or 1, whatever a server sends for true.
void tidy_up(Column& column) {
    if (auto* const values = std::get_if<std::vector<std::uint8_t>>(&column.values)) {
        for (auto& value : *values) {
            value = value != 0 ? 1 : 0;
        }
    }
}

void read_columns(LimitedProtocol& protocol, Batch& batch) {
    const auto list = protocol.read_list();
    if (list.type != T_STRUCT && list.size != 0) {
        throw cistern::ProtocolError{"hive: the columns of a result are not structs"};
    }
    protocol.transport().charge_elements(list.size);
    batch.columns.resize(list.size);
    for (auto& column : batch.columns) {
        read_column(protocol, column);
        tidy_up(column);
        batch.rows = std::max(batch.rows, column.size());
    }
}

void read_row_set(LimitedProtocol& protocol, FetchReply& reply, Batch& batch) {
    bool says_columns = false;
    bool has_rows = false;
    bool has_columns = false;
    for (Field field = protocol.read_field(); field.type != T_STOP; field = protocol.read_field()) {
        if (field.id == 2 && field.type == T_LIST && !has_columns && !has_rows) {
            read_rows(protocol, batch);
            has_rows = batch.rows > 0;
        } else if (field.id == 3 && field.type == T_LIST && !has_columns && !has_rows) {
            read_columns(protocol, batch);
            has_columns = true;
        } else if (field.id == 4 && field.type == T_STRING) {
            reply.is_serialised = true;
            protocol.skip_value(field.type);
        } else if (field.id == 5 && field.type == T_I32) {
            says_columns = protocol.transport().read_i32() > 0;
        } else {
            protocol.skip_value(field.type);
        }
    }
    reply.is_serialised = reply.is_serialised || (says_columns && !has_columns && !has_rows);
}

}  // namespace

void read_fetch_reply(LimitedProtocol& protocol, FetchReply& reply, Batch& batch) {
    batch.rows = 0;
    for (auto& column : batch.columns) {
        static_cast<void>(
            prepare_column(column, static_cast<std::int16_t>(column.values.index() + 1)));
    }
    bool has_status = false;
    for (Field field = protocol.read_field(); field.type != T_STOP; field = protocol.read_field()) {
        if (field.id == 1 && field.type == T_STRUCT) {
            reply.status.read(&protocol);
            has_status = true;
        } else if (field.id == 2 && field.type == T_BOOL) {
            reply.has_more = protocol.transport().read_byte() != 0;
        } else if (field.id == 3 && field.type == T_STRUCT) {
            read_row_set(protocol, reply, batch);
        } else {
            protocol.skip_value(field.type);
        }
    }
    if (!has_status) {
        throw cistern::ProtocolError{"hive: a reply to FetchResults has no status"};
    }
}

}  // namespace hive
