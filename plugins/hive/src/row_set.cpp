#include "row_set.hpp"

#include "arena.hpp"
#include "big_endian.hpp"
#include "row_set_rows.hpp"

#include <cistern/error.hpp>

#include <algorithm>
#include <type_traits>
#include <utility>

namespace hive {
namespace {

using namespace apache::thrift::protocol;
using Field = LimitedProtocol::Field;

constexpr std::uint32_t kLengthSize = 4;  // of what stands before each text
constexpr std::uint32_t kNegative = 0x80000000;

template <class Values>
constexpr bool kIsText = std::is_base_of_v<Texts, Values>;

template <class Values>
constexpr TType element_type() {
    if constexpr (kIsText<Values>) {
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

// -- Up to the end of the reply -------------------------------------------------------------------

// Goes past the texts that lie whole in `bytes`, `count` at most, and notes their ends. Returns the
// bytes passed. Each text tells where the next one begins, so this chain of loads is all that a
// column of strings costs.
std::size_t pass_texts(std::string_view bytes,
                       std::size_t count,
                       std::uint32_t start,
                       std::vector<std::uint32_t>& ends) {
    const std::size_t old_size = ends.size();
    const std::size_t most = std::min(count, bytes.size() / kLengthSize);
    ends.resize(old_size + most);
    std::uint32_t* end = ends.data() + old_size;
    const char* at = bytes.data();
    std::size_t left = bytes.size();
    for (const auto* const last = end + most; end != last; ++end) {
        if (left < kLengthSize) {
            break;
        }
        const std::size_t whole = std::size_t{from_big_endian<std::uint32_t>(at)} + kLengthSize;
        if (whole > left) {
            break;
        }
        at += whole;
        left -= whole;
        *end = start + static_cast<std::uint32_t>(bytes.size() - left);
    }
    ends.resize(static_cast<std::size_t>(end - ends.data()));
    return bytes.size() - left;
}

void read_texts(CallTransport& transport, RawColumn& raw, std::size_t count) {
    transport.expect(std::uint64_t{count} * kLengthSize);
    while (raw.ends.size() < count) {
        const auto start = static_cast<std::uint32_t>(transport.position() - raw.position);
        transport.advance(pass_texts(transport.window(), count - raw.ends.size(), start, raw.ends));
        if (raw.ends.size() == count) {
            return;
        }
        transport.need(kLengthSize);
        const auto length = from_big_endian<std::uint32_t>(transport.window().data());
        if (length >= kNegative) {
            throw TProtocolException{TProtocolException::NEGATIVE_SIZE, "a length is negative"};
        }
        transport.need(std::uint64_t{length} + kLengthSize);
    }
}

void read_list(LimitedProtocol& protocol, Column& column, RawColumn& raw) {
    const auto list = protocol.read_list();
    auto& transport = protocol.transport();
    raw.position = transport.position();
    std::visit(
        [&]<class Values>(Values& values) {
            if (list.type != element_type<Values>() && list.size != 0) {
                throw cistern::ProtocolError{
                    "hive: a column holds values of another type than it says"};
            }
            if constexpr (kIsText<Values>) {
                raw.ends = values.take_ends();
                read_texts(transport, raw, list.size);
            } else {
                const auto size = std::uint64_t{list.size} * sizeof(typename Values::value_type);
                transport.need(size);
                transport.advance(static_cast<std::size_t>(size));
            }
        },
        column.values);
    raw.count = list.size;
}

void read_nulls(LimitedProtocol& protocol, std::vector<std::uint8_t>& nulls) {
    const auto length = protocol.read_length();
    auto& transport = protocol.transport();
    transport.need(length);
    const auto bytes = transport.window().substr(0, length);
    nulls.assign(bytes.begin(), bytes.end());
    transport.advance(length);
}

// TBoolColumn, TI32Column and so on, which differ in nothing but what they list.
void read_typed_column(LimitedProtocol& protocol, Column& column, RawColumn& raw) {
    bool has_values = false;
    for (Field field = protocol.read_field(); field.type != T_STOP; field = protocol.read_field()) {
        if (field.id == 1 && field.type == T_LIST && !has_values) {
            read_list(protocol, column, raw);
            has_values = true;
        } else if (field.id == 2 && field.type == T_STRING && column.nulls.empty()) {
            read_nulls(protocol, column.nulls);
        } else {
            protocol.skip_value(field.type);
        }
    }
}

void read_column(LimitedProtocol& protocol, Column& column, RawColumn& raw) {
    column.nulls.clear();
    bool is_known = false;
    for (Field field = protocol.read_field(); field.type != T_STOP; field = protocol.read_field()) {
        if (!is_known && field.type == T_STRUCT && choose_member(column, field.id)) {
            read_typed_column(protocol, column, raw);
            is_known = true;
        } else {
            protocol.skip_value(field.type);
        }
    }
}

void read_columns(LimitedProtocol& protocol, FetchReply& reply, Batch& batch) {
    const auto list = protocol.read_list();
    if (list.type != T_STRUCT && list.size != 0) {
        throw cistern::ProtocolError{"hive: the columns of a result are not structs"};
    }
    protocol.transport().charge_elements(list.size);
    batch.columns.resize(std::min<std::size_t>(batch.columns.size(), list.size));
    for (std::size_t index = 0; index < list.size; ++index) {
        if (index == batch.columns.size()) {
            batch.columns.emplace_back();
        }
        read_column(protocol, batch.columns[index], reply.raw.emplace_back());
        batch.rows = std::max(batch.rows, reply.raw.back().count);
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
            read_columns(protocol, reply, batch);
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

void read_fields(LimitedProtocol& protocol, FetchReply& reply, Batch& batch) {
    bool has_status = false;
    bool has_results = false;
    for (Field field = protocol.read_field(); field.type != T_STOP; field = protocol.read_field()) {
        if (field.id == 1 && field.type == T_STRUCT) {
            reply.status.read(&protocol);
            has_status = true;
        } else if (field.id == 2 && field.type == T_BOOL) {
            reply.has_more = protocol.transport().read_byte() != 0;
        } else if (field.id == 3 && field.type == T_STRUCT && !has_results) {
            read_row_set(protocol, reply, batch);
            has_results = true;
        } else {
            protocol.skip_value(field.type);
        }
    }
    if (!has_status) {
        throw cistern::ProtocolError{"hive: a reply to FetchResults has no status"};
    }
}

// -- The values -----------------------------------------------------------------------------------

template <class Number>
void convert(const char* from, std::size_t count, std::vector<Number>& values) {
    if constexpr (sizeof(Number) == 1) {
        values.assign(from, from + count);
    } else {
        values.resize(count);
        all_from_big_endian<sizeof(Number)>(from, count, values.data());
    }
}

// BOOLEAN promises 0 or 1, whatever a server sends for true.
void convert(const char* from, std::size_t count, std::vector<std::uint8_t>& values) {
    values.resize(count);
    std::transform(from, from + count, values.begin(), [](char byte) {
        return static_cast<std::uint8_t>(byte != 0);
    });
}

}  // namespace

void prepare_batch(Batch& batch) {
    batch.rows = 0;
    for (auto& column : batch.columns) {
        std::visit(
            []<class Values>(Values& values) {
                if constexpr (kIsText<Values>) {
                    values.clear();
                }
            },
            column.values);
    }
    renew_arena(batch);
}

void read_fetch_reply(LimitedProtocol& protocol, FetchReply& reply, Batch& batch) {
    reply = {};
    try {
        read_fields(protocol, reply, batch);
    } catch (...) {
        batch.rows = 0;
        batch.columns.clear();  // half old, half new
        throw;
    }
}

void finish_batch(FetchReply& reply, Batch& batch) {
    if (batch.rows == 0 && reply.raw.empty()) {
        for (auto& column : batch.columns) {
            clear_column(column);
        }
    }
    for (std::size_t index = 0; index < reply.raw.size(); ++index) {
        auto& raw = reply.raw[index];
        const char* const from = std::as_const(*batch.arena).data() + raw.position;
        std::visit(
            [&]<class Values>(Values& values) {
                if constexpr (kIsText<Values>) {
                    values.lend({batch.arena, from, kLengthSize}, std::move(raw.ends));
                } else {
                    convert(from, raw.count, values);
                }
            },
            batch.columns[index].values);
    }
    reply.raw.clear();
}

}  // namespace hive
