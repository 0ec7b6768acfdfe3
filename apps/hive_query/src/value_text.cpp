#include "value_text.hpp"

#include "number_text.hpp"

#include <cstdint>
#include <type_traits>
#include <variant>

namespace hive_query {
namespace {

void append_blob(std::string& out, std::string_view bytes, BinaryText binary) {
    switch (binary) {
        case BinaryText::kHex:
            append_hex(out, bytes);
            return;
        case BinaryText::kBase64:
            append_base64(out, bytes);
            return;
        case BinaryText::kRaw:
            out += bytes;
            return;
    }
}

}  // namespace

void append_hex(std::string& out, std::string_view bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        out += kDigits[byte >> 4U];
        out += kDigits[byte & 15U];
    }
}

void append_base64(std::string& out, std::string_view bytes) {
    constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            const bool has = at + i < bytes.size();
            group = (group << 8U) | (has ? static_cast<unsigned char>(bytes[at + i]) : 0U);
        }
        for (std::size_t i = 0; i < 4; ++i) {
            const bool has = at + i <= bytes.size();
            out += has ? kDigits[(group >> (18U - 6U * i)) & 63U] : '=';
        }
    }
}

bool is_numeric(hive::Type type) noexcept {
    switch (type) {
        case hive::Type::kTinyint:
        case hive::Type::kSmallint:
        case hive::Type::kInt:
        case hive::Type::kBigint:
        case hive::Type::kFloat:
        case hive::Type::kDouble:
        case hive::Type::kDecimal:
            return true;
        default:
            return false;
    }
}

const hive::Texts* texts_of(const hive::Column& column) noexcept {
    return std::get_if<hive::Texts>(&column.values);
}

void append_value(std::string& out,
                  const hive::Column& column,
                  const hive::ColumnInfo& info,
                  std::size_t row,
                  BinaryText binary) {
    std::visit(
        [&](const auto& values) {
            using Values = std::decay_t<decltype(values)>;
            if constexpr (std::is_same_v<Values, hive::Texts>) {
                out += values[row];
            } else if constexpr (std::is_same_v<Values, hive::Blobs>) {
                append_blob(out, values[row], binary);
            } else if constexpr (std::is_same_v<Values, std::vector<std::uint8_t>>) {
                out += values[row] != 0 ? "true" : "false";
            } else if constexpr (std::is_same_v<Values, std::vector<double>>) {
                if (info.type == hive::Type::kFloat) {
                    append_float(out, static_cast<float>(values[row]));
                } else {
                    append_double(out, values[row]);
                }
            } else {
                append_integer(out, values[row]);
            }
        },
        column.values);
}

}  // namespace hive_query
