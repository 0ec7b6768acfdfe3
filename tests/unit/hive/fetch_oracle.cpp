#include "fetch_oracle.hpp"

#include "oracle_protocol.hpp"

#include <cistern/error.hpp>

#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/transport/TBufferTransports.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>
#include <type_traits>
#include <utility>

namespace hive::test {
namespace {

using namespace apache::thrift;

constexpr std::uint32_t kLongest = 200;
constexpr std::uint32_t kVeryLong = 150'000;

template <class Values>
std::string differing(const Values& expected, const Column& column) {
    using Value = typename Values::value_type;
    if constexpr (std::is_same_v<Value, std::string>) {
        const auto* const blobs = std::get_if<Blobs>(&column.values);
        const Texts* const texts = blobs != nullptr ? blobs : std::get_if<Texts>(&column.values);
        if (texts == nullptr || texts->size() != expected.size()) {
            return "type or number of values";
        }
        for (std::size_t row = 0; row < expected.size(); ++row) {
            if ((*texts)[row] != expected[row]) {
                return "text of row " + std::to_string(row);
            }
        }
        return {};
    } else {
        using Held = std::conditional_t<std::is_same_v<Value, bool>, std::uint8_t, Value>;
        const auto* const values = std::get_if<std::vector<Held>>(&column.values);
        if (values == nullptr || values->size() != expected.size()) {
            return "type or number of values";
        }
        for (std::size_t row = 0; row < expected.size(); ++row) {
            const Held wanted = static_cast<Held>(expected[row]);
            if (std::memcmp(&wanted, &(*values)[row], sizeof(Held)) != 0) {  // NaN is NaN
                return "value of row " + std::to_string(row);
            }
        }
        return {};
    }
}

template <class Typed>
std::string differing_typed(const Typed& expected, const Column& column) {
    if (std::string{column.nulls.begin(), column.nulls.end()} != expected.nulls) {
        return "nulls";
    }
    return differing(expected.values, column);
}

std::string differing_column(const rpc::TColumn& expected, const Column& column) {
    const auto& set = expected.__isset;
    if (set.boolVal) {
        return differing_typed(expected.boolVal, column);
    }
    if (set.byteVal) {
        return differing_typed(expected.byteVal, column);
    }
    if (set.i16Val) {
        return differing_typed(expected.i16Val, column);
    }
    if (set.i32Val) {
        return differing_typed(expected.i32Val, column);
    }
    if (set.i64Val) {
        return differing_typed(expected.i64Val, column);
    }
    if (set.doubleVal) {
        return differing_typed(expected.doubleVal, column);
    }
    if (set.stringVal) {
        return differing_typed(expected.stringVal, column);
    }
    if (set.binaryVal) {
        return std::holds_alternative<Blobs>(column.values)
                   ? differing_typed(expected.binaryVal, column)
                   : "type";
    }
    return column.size() == 0 ? "" : "values where there are none";
}

using Draw = std::function<std::uint64_t(std::uint64_t)>;

std::string made_up_text(const Draw& draw) {
    const auto kind = draw(200);
    const auto length = kind == 0 ? draw(kVeryLong) : kind < 40 ? 0 : draw(kLongest);
    std::string text(length, static_cast<char>(draw(256)));
    if (!text.empty()) {
        text.front() = static_cast<char>(draw(256));
        text.back() = static_cast<char>(draw(256));
    }
    return text;
}

template <class Value>
Value made_up_value(const Draw& draw) {
    if constexpr (std::is_same_v<Value, std::string>) {
        return made_up_text(draw);
    } else if constexpr (std::is_same_v<Value, bool>) {
        return draw(2) == 1;
    } else if constexpr (std::is_same_v<Value, double>) {
        return std::bit_cast<double>(draw(0));
    } else {
        return static_cast<Value>(draw(0));
    }
}

template <class Typed>
Typed made_up_typed(const Draw& draw, std::size_t rows) {
    Typed typed;
    for (std::size_t row = 0; row < rows; ++row) {
        typed.values.push_back(
            made_up_value<typename std::decay_t<decltype(typed.values)>::value_type>(draw));
    }
    typed.nulls.resize(draw(rows / 8 + 3));
    for (auto& byte : typed.nulls) {
        byte = static_cast<char>(draw(256));
    }
    return typed;
}

rpc::TColumn made_up_column(const Draw& draw, std::size_t rows) {
    rpc::TColumn column;
    switch (draw(9)) {
        case 0:
            column.__set_boolVal(made_up_typed<rpc::TBoolColumn>(draw, rows));
            break;
        case 1:
            column.__set_byteVal(made_up_typed<rpc::TByteColumn>(draw, rows));
            break;
        case 2:
            column.__set_i16Val(made_up_typed<rpc::TI16Column>(draw, rows));
            break;
        case 3:
            column.__set_i32Val(made_up_typed<rpc::TI32Column>(draw, rows));
            break;
        case 4:
            column.__set_i64Val(made_up_typed<rpc::TI64Column>(draw, rows));
            break;
        case 5:
            column.__set_doubleVal(made_up_typed<rpc::TDoubleColumn>(draw, rows));
            break;
        case 6:
            column.__set_binaryVal(made_up_typed<rpc::TBinaryColumn>(draw, rows));
            break;
        default:
            column.__set_stringVal(made_up_typed<rpc::TStringColumn>(draw, rows));
            break;
    }
    return column;
}

// Goes through a struct and notes every length on the way.
class LengthFinder {
public:
    explicit LengthFinder(std::string_view bytes) : bytes_{bytes} {}

    void pass_struct() {
        while (bytes_[at_] != protocol::T_STOP) {
            const int type = bytes_[at_];
            at_ += 3;
            pass_value(type);
        }
        ++at_;
    }
    [[nodiscard]] std::vector<std::size_t> take() { return std::move(found_); }

private:
    std::uint32_t length() {
        found_.push_back(at_);
        std::uint32_t number = 0;
        for (int byte = 0; byte < 4; ++byte) {
            number = number << 8 | static_cast<unsigned char>(bytes_[at_++]);
        }
        return number;
    }

    void pass_value(int type) {
        switch (type) {
            case protocol::T_STRUCT:
                pass_struct();
                break;
            case protocol::T_STRING:
                at_ += length();
                break;
            case protocol::T_LIST: {
                const int element = bytes_[at_++];
                for (auto left = length(); left > 0; --left) {
                    pass_value(element);
                }
                break;
            }
            case protocol::T_I16:
                at_ += 2;
                break;
            case protocol::T_I32:
                at_ += 4;
                break;
            case protocol::T_I64:
            case protocol::T_DOUBLE:
                at_ += 8;
                break;
            default:
                ++at_;
                break;
        }
    }

    std::string_view bytes_;
    std::size_t at_ = 0;
    std::vector<std::size_t> found_;
};

}  // namespace

std::size_t MemoryBytes::read_some(char* buffer, std::size_t size, cistern::Deadline /*deadline*/) {
    const auto piece = piece_ ? std::max<std::size_t>(piece_(), 1) : size;
    const auto got = std::min({size, piece, bytes_.size()});
    bytes_.copy(buffer, got);
    bytes_.remove_prefix(got);
    return got;
}

void MemoryBytes::write_message(std::string_view /*message*/, cistern::Deadline /*deadline*/) {}

Decoded decode(std::string_view bytes,
               std::function<std::size_t()> piece,
               std::uint64_t limit,
               Batch reused) {
    auto transport = std::make_shared<CallTransport>(
        std::make_unique<MemoryBytes>(bytes, std::move(piece)), "server", limit);
    LimitedProtocol protocol{transport};
    Decoded decoded;
    decoded.batch = std::move(reused);
    transport->begin_call(cistern::Deadline::never());
    prepare_batch(decoded.batch);
    transport->keep_in(decoded.batch.arena.get());
    try {
        read_fetch_reply(protocol, decoded.reply, decoded.batch);
        decoded.reply.size = transport->reply_size();
        finish_batch(decoded.reply, decoded.batch);
    } catch (const cistern::Error& error) {
        decoded.error = error.what();
    } catch (const TException& error) {
        decoded.error = error.what();
    }
    return decoded;
}

std::string encode(const rpc::TFetchResultsResp& reply) {
    auto memory = std::make_shared<transport::TMemoryBuffer>();
    protocol::TBinaryProtocol protocol{memory};
    reply.write(&protocol);
    return memory->getBufferAsString();
}

std::optional<rpc::TFetchResultsResp> decode_generated(std::string_view bytes) {
    OracleProtocol protocol{bytes};
    rpc::TFetchResultsResp reply;
    try {
        reply.read(&protocol);
    } catch (const TException&) {
        return std::nullopt;
    }
    return reply;
}

std::string difference(const rpc::TFetchResultsResp& expected, const Batch& batch) {
    const auto& columns = expected.results.columns;
    if (columns.size() != batch.columns.size()) {
        return "number of columns";
    }
    for (std::size_t index = 0; index < columns.size(); ++index) {
        if (const auto found = differing_column(columns[index], batch.columns[index]);
            !found.empty()) {
            return "column " + std::to_string(index) + ": " + found;
        }
    }
    return {};
}

rpc::TFetchResultsResp made_up_reply(const Draw& draw) {
    rpc::TFetchResultsResp reply;
    reply.status.statusCode = rpc::TStatusCode::SUCCESS_STATUS;
    reply.__set_hasMoreRows(draw(2) == 1);
    rpc::TRowSet rows;
    rows.startRowOffset = static_cast<std::int64_t>(draw(1000));
    const auto count = draw(10) == 0 ? 0 : draw(300);
    std::vector<rpc::TColumn> columns;
    for (auto left = draw(12); left > 0; --left) {
        const bool is_short = draw(6) == 0;
        columns.push_back(made_up_column(draw, is_short ? draw(count + 1) : count));
    }
    rows.__set_columns(std::move(columns));
    reply.__set_results(std::move(rows));
    return reply;
}

std::vector<std::size_t> places_of_lengths(std::string_view bytes) {
    LengthFinder finder{bytes};
    finder.pass_struct();
    return finder.take();
}

}  // namespace hive::test
