#include "arrow_message.hpp"

#include <arrow_ipc/arrow_ipc_generated.h>

#include <charconv>
#include <cstdint>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

namespace hive_query {
namespace {

using flatbuffers::FlatBufferBuilder;

constexpr std::size_t kAlignment = 8;
constexpr std::uint32_t kContinuation = 0xFFFF'FFFF;  // what each message begins with

[[nodiscard]] std::size_t padded(std::size_t size) noexcept {
    return (size + kAlignment - 1) / kAlignment * kAlignment;
}

void append_number(std::string& out, std::uint32_t value) {
    for (int bits = 0; bits < 32; bits += 8) {
        out.push_back(static_cast<char>(value >> bits & 0xFFU));
    }
}

void append_message(std::string& out,
                    FlatBufferBuilder& built,
                    arrow_ipc::Header type,
                    flatbuffers::Offset<void> header,
                    std::size_t body_size) {
    built.Finish(arrow_ipc::CreateMessage(
        built, arrow_ipc::Version::V5, type, header, static_cast<std::int64_t>(body_size)));
    const std::size_t size = padded(built.GetSize());
    if (size > std::numeric_limits<std::int32_t>::max()) {
        throw std::length_error{"hive-query: the columns' names pass 2 GiB"};
    }
    append_number(out, kContinuation);
    append_number(out, static_cast<std::uint32_t>(size));
    out.append(reinterpret_cast<const char*>(built.GetBufferPointer()), built.GetSize());
    out.append(size - built.GetSize(), '\0');
}

// The two numbers of "d:10,2".
std::pair<int, int> precision_and_scale(std::string_view format) {
    int precision = 0;
    int scale = 0;
    const char* const end = format.data() + format.size();
    const auto first = std::from_chars(format.data() + 2, end, precision);
    std::from_chars(first.ptr + 1, end, scale);
    return {precision, scale};
}

using TypeOffset = std::pair<arrow_ipc::Type, flatbuffers::Offset<void>>;

// Of the formats that hive::export_schema() writes.
TypeOffset type_of(FlatBufferBuilder& to, std::string_view format) {
    using arrow_ipc::Type;
    switch (format[0]) {
        case 'n':
            return {Type::Null, arrow_ipc::CreateNull(to).Union()};
        case 'b':
            return {Type::Bool, arrow_ipc::CreateBool(to).Union()};
        case 'c':
            return {Type::Int, arrow_ipc::CreateInt(to, 8, true).Union()};
        case 's':
            return {Type::Int, arrow_ipc::CreateInt(to, 16, true).Union()};
        case 'i':
            return {Type::Int, arrow_ipc::CreateInt(to, 32, true).Union()};
        case 'l':
            return {Type::Int, arrow_ipc::CreateInt(to, 64, true).Union()};
        case 'f':
            return {Type::FloatingPoint,
                    arrow_ipc::CreateFloatingPoint(to, arrow_ipc::Precision::Single).Union()};
        case 'g':
            return {Type::FloatingPoint,
                    arrow_ipc::CreateFloatingPoint(to, arrow_ipc::Precision::Double).Union()};
        case 'd': {
            const auto [precision, scale] = precision_and_scale(format);
            return {Type::Decimal, arrow_ipc::CreateDecimal(to, precision, scale).Union()};
        }
        case 'z':
            return {Type::Binary, arrow_ipc::CreateBinary(to).Union()};
        case 'u':
            return {Type::Utf8, arrow_ipc::CreateUtf8(to).Union()};
        default:
            break;
    }
    if (format == "tdD") {
        return {Type::Date, arrow_ipc::CreateDate(to, arrow_ipc::DateUnit::Day).Union()};
    }
    if (format == "tin") {
        return {Type::Interval,
                arrow_ipc::CreateInterval(to, arrow_ipc::IntervalUnit::MonthDayNano).Union()};
    }
    if (format == "tsn:" || format == "tsu:") {
        const auto unit =
            format == "tsn:" ? arrow_ipc::TimeUnit::Nanosecond : arrow_ipc::TimeUnit::Microsecond;
        return {Type::Timestamp, arrow_ipc::CreateTimestamp(to, unit).Union()};
    }
    throw std::logic_error{"hive-query: no type of Arrow is known as " + std::string{format}};
}

[[nodiscard]] std::size_t bytes_of_bits(std::size_t bits) noexcept {
    return (bits + 7) / 8;
}

// How many bytes of each value lie in the buffer behind the validity, for types of one width.
[[nodiscard]] std::size_t width_of(std::string_view format) {
    switch (format[0]) {
        case 'c':
            return 1;
        case 's':
            return 2;
        case 'i':
        case 'f':
            return 4;
        case 'd':
            return 16;
        default:
            return format == "tdD" ? 4 : format == "tin" ? 16 : 8;
    }
}

// The C data interface leaves out how long buffers are: it follows from the type.
std::vector<std::string_view> buffers_of(std::string_view format, const ArrowArray& array) {
    const auto rows = static_cast<std::size_t>(array.length);
    const auto buffer = [&array](std::int64_t index, std::size_t size) {
        const auto* const bytes = static_cast<const char*>(array.buffers[index]);
        return bytes == nullptr ? std::string_view{} : std::string_view{bytes, size};
    };
    if (format == "n") {
        return {};
    }
    std::vector<std::string_view> out{buffer(0, array.null_count == 0 ? 0 : bytes_of_bits(rows))};
    if (format == "b") {
        out.push_back(buffer(1, bytes_of_bits(rows)));
    } else if (format == "u" || format == "z") {
        const auto offsets = buffer(1, (rows + 1) * sizeof(std::int32_t));
        std::int32_t end = 0;
        std::memcpy(&end, offsets.data() + offsets.size() - sizeof end, sizeof end);
        out.push_back(offsets);
        out.push_back(buffer(2, static_cast<std::size_t>(end)));
    } else {
        out.push_back(buffer(1, rows * width_of(format)));
    }
    return out;
}

}  // namespace

void append_schema(std::string& out, const ArrowSchema& schema) {
    FlatBufferBuilder to;
    std::vector<flatbuffers::Offset<arrow_ipc::Field>> fields;
    for (std::int64_t i = 0; i < schema.n_children; ++i) {
        const ArrowSchema& child = *schema.children[i];
        const auto name = to.CreateString(child.name);
        const auto [type, details] = type_of(to, child.format);
        // Readers want the list of children also where there are none.
        const auto children = to.CreateVector(std::vector<flatbuffers::Offset<arrow_ipc::Field>>{});
        const bool is_nullable = (child.flags & ARROW_FLAG_NULLABLE) != 0;
        fields.push_back(arrow_ipc::CreateField(to, name, is_nullable, type, details, 0, children));
    }
    const auto header =
        arrow_ipc::CreateSchema(to, arrow_ipc::Endianness::Little, to.CreateVector(fields));
    append_message(out, to, arrow_ipc::Header::Schema, header.Union(), 0);
}

void append_batch(std::string& out, const ArrowSchema& schema, const ArrowArray& batch) {
    std::vector<arrow_ipc::FieldNode> nodes;
    std::vector<arrow_ipc::Buffer> places;
    std::vector<std::string_view> buffers;
    std::size_t size = 0;
    for (std::int64_t i = 0; i < batch.n_children; ++i) {
        const ArrowArray& column = *batch.children[i];
        nodes.emplace_back(column.length, column.null_count);
        for (const auto bytes : buffers_of(schema.children[i]->format, column)) {
            places.emplace_back(static_cast<std::int64_t>(size),
                                static_cast<std::int64_t>(bytes.size()));
            buffers.push_back(bytes);
            size += padded(bytes.size());
        }
    }
    FlatBufferBuilder to;
    const auto nodes_at = to.CreateVectorOfStructs(nodes);
    const auto places_at = to.CreateVectorOfStructs(places);
    const auto header = arrow_ipc::CreateRecordBatch(to, batch.length, nodes_at, places_at);
    append_message(out, to, arrow_ipc::Header::RecordBatch, header.Union(), size);
    for (const auto bytes : buffers) {
        out += bytes;
        out.append(padded(bytes.size()) - bytes.size(), '\0');
    }
}

void append_end_of_stream(std::string& out) {
    append_number(out, kContinuation);
    append_number(out, 0);
}

}  // namespace hive_query
