#pragma once

// What HiveServer2 results are made of. Header only: applications link nothing of the plugin.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace hive {

// A column's SQL type; the numbers are the protocol's.
enum class Type : std::int32_t {
    kBoolean = 0,
    kTinyint = 1,
    kSmallint = 2,
    kInt = 3,
    kBigint = 4,
    kFloat = 5,
    kDouble = 6,
    kString = 7,
    kTimestamp = 8,
    kBinary = 9,
    kArray = 10,
    kMap = 11,
    kStruct = 12,
    kUnion = 13,
    kUserDefined = 14,
    kDecimal = 15,
    kNull = 16,
    kDate = 17,
    kVarchar = 18,
    kChar = 19,
    kIntervalYearMonth = 20,
    kIntervalDayTime = 21,
    kTimestampLocalTz = 22,
};

// One column of a result, as the server describes it.
struct ColumnInfo {
    std::string name;
    Type type = Type::kString;   // an unknown number is kept as it came
    std::int32_t length = 0;     // of char and varchar; 0: not said
    std::int32_t precision = 0;  // of decimal; 0: not said
    std::int32_t scale = 0;
    std::string comment{};
};

// Strings one after the other in one block of memory: their own, or one that is lent to them. In a
// fetched batch it is the batch's arena, which holds the server's reply as it came; a string_view
// from it is valid until the batch is fetched into again, changed or destroyed. A copy shares the
// arena and keeps it alive, and a batch whose arena is shared takes another one for its next rows:
// what was copied or moved out of a batch stays what it was.
//
// Thread safety:  const members may be called at once from several threads.
// Errors:         std::length_error for what passes 4 GiB together.
class Texts {
public:
    // Memory that holds strings, each behind `gap` bytes that belong to none.
    struct Lent {
        std::shared_ptr<const void> keeper;  // keeps it alive
        const char* bytes = nullptr;
        std::uint32_t gap = 0;
    };

    [[nodiscard]] std::size_t size() const noexcept { return ends_.size(); }
    [[nodiscard]] std::string_view operator[](std::size_t row) const noexcept {
        const std::size_t begin = (row == 0 ? 0 : std::size_t{ends_[row - 1]}) + lent_.gap;
        const char* const bytes = lent_.keeper ? lent_.bytes : bytes_.data();
        return {bytes + begin, ends_[row] - begin};
    }
    void push_back(std::string_view text) {
        append(text);
        finish();
    }
    // A string that comes in pieces: append() each, then finish() it.
    void append(std::string_view part) {
        own();
        bytes_.append(part);
    }
    void finish() {
        own();
        if (bytes_.size() > std::numeric_limits<std::uint32_t>::max()) {
            throw std::length_error{"hive: the texts of one column pass 4 GiB"};
        }
        ends_.push_back(static_cast<std::uint32_t>(bytes_.size()));
    }
    void reserve(std::size_t rows, std::size_t bytes) {
        own();
        ends_.reserve(rows);
        bytes_.reserve(bytes);
    }
    // Forgets the strings and keeps the memory, save what was lent.
    void clear() noexcept {
        lent_ = {};
        bytes_.clear();
        ends_.clear();
    }

    // For decoders. Forgets the strings; what comes back is empty memory for lend().
    [[nodiscard]] std::vector<std::uint32_t> take_ends() noexcept {
        clear();
        return std::exchange(ends_, {});
    }
    // Takes strings that lie elsewhere. `ends` counts from lent.bytes, gaps included.
    void lend(Lent lent, std::vector<std::uint32_t> ends) noexcept {
        lent_ = std::move(lent);
        ends_ = std::move(ends);
    }

private:
    void own() {
        if (lent_.gap == 0 && !lent_.keeper) {
            return;
        }
        Texts copy;
        for (std::size_t row = 0; row < size(); ++row) {
            copy.push_back((*this)[row]);
        }
        *this = std::move(copy);
    }

    Lent lent_;
    std::string bytes_;
    std::vector<std::uint32_t> ends_;
};

// BINARY values: bytes, where Texts are characters.
struct Blobs : Texts {};

// The values of one column in one batch. Which vector it is follows the protocol: BOOLEAN and the
// integers as themselves, FLOAT and DOUBLE as double, BINARY as Blobs, all others as the server's
// text. A value in a NULL row is a placeholder.
struct Column {
    using Values = std::variant<std::vector<std::uint8_t>,  // BOOLEAN, 0 or 1
                                std::vector<std::int8_t>,
                                std::vector<std::int16_t>,
                                std::vector<std::int32_t>,
                                std::vector<std::int64_t>,
                                std::vector<double>,
                                Texts,
                                Blobs>;

    Values values;
    std::vector<std::uint8_t> nulls;  // bit row % 8 of byte row / 8; a bit past the end is not set

    [[nodiscard]] bool is_null(std::size_t row) const noexcept {
        if (row / 8 < nulls.size() && (nulls[row / 8] >> (row % 8) & 1U) != 0) {
            return true;
        }
        return row >= size();  // servers may send short columns, whose rest is NULL
    }
    [[nodiscard]] std::size_t size() const noexcept {
        return std::visit([](const auto& v) { return v.size(); }, values);
    }
};

// A server's reply as it came; the plugin's business.
class Arena;

// Some consecutive rows of a result, column by column. Meant to be used again for the next batch:
// the memory is kept.
struct Batch {
    std::size_t rows = 0;
    std::vector<Column> columns;
    std::shared_ptr<Arena> arena{};  // where the texts of the columns lie
};

}  // namespace hive
