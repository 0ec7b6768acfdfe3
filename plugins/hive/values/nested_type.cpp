#include "text_cursor.hpp"

#include <cistern/hive/nested.hpp>

#include <array>
#include <stdexcept>
#include <utility>

namespace hive {
namespace {

constexpr std::size_t kMostTypeDepth = 100;

struct Named {
    std::string_view name;
    Type type;
};
constexpr std::array kScalars{
    Named{"boolean", Type::kBoolean},
    Named{"tinyint", Type::kTinyint},
    Named{"smallint", Type::kSmallint},
    Named{"int", Type::kInt},
    Named{"integer", Type::kInt},
    Named{"bigint", Type::kBigint},
    Named{"float", Type::kFloat},
    Named{"double", Type::kDouble},
    Named{"string", Type::kString},
    Named{"varchar", Type::kVarchar},
    Named{"char", Type::kChar},
    Named{"binary", Type::kBinary},
    Named{"decimal", Type::kDecimal},
    Named{"date", Type::kDate},
    Named{"timestamp", Type::kTimestamp},
    Named{"timestamp_ntz", Type::kTimestamp},
    Named{"void", Type::kNull},
    Named{"timestamp with local time zone", Type::kTimestampLocalTz},
    Named{"interval_year_month", Type::kIntervalYearMonth},
    Named{"interval_day_time", Type::kIntervalDayTime},
    Named{"interval year to month", Type::kIntervalYearMonth},
    Named{"interval day to second", Type::kIntervalDayTime},
};

class TypeReader {
public:
    explicit TypeReader(std::string_view text) noexcept : text_{text} {}

    NestedType run() {
        auto type = read(1);
        if (at_ != text_.size()) {
            fail("goes on where it should have ended");
        }
        return type;
    }

private:
    NestedType read(std::size_t depth) {
        if (depth > kMostTypeDepth) {
            fail("is nested too deeply");
        }
        const std::size_t begin = at_;
        const auto name = words();
        if (name == "array") {
            return container(Type::kArray, 1, depth);
        }
        if (name == "map") {
            return container(Type::kMap, 2, depth);
        }
        if (name == "struct") {
            return container(Type::kStruct, 0, depth);
        }
        if (name == "uniontype") {
            return container(Type::kUnion, 0, depth);
        }
        for (const auto& scalar : kScalars) {
            if (scalar.name == name) {
                skip_qualifiers();
                return {.type = scalar.type};
            }
        }
        at_ = begin;
        fail("has an unknown type");
    }

    // `count` parts; 0: any number from 1, save that a STRUCT may have none.
    NestedType container(Type type, std::size_t count, std::size_t depth) {
        NestedType out{.type = type};
        expect('<');
        if (type == Type::kStruct && take('>')) {
            return out;
        }
        do {
            if (type == Type::kStruct) {
                out.names.push_back(field_name());
                expect(':');
            }
            skip_blanks();
            out.parts.push_back(read(depth + 1));
            skip_blanks();
        } while (take(','));
        expect('>');
        if (count != 0 && out.parts.size() != count) {
            fail("has another number of parts than its container takes");
        }
        return out;
    }

    std::string field_name() {
        skip_blanks();
        std::string name;
        if (take('`')) {
            while (at_ < text_.size() && (text_[at_] != '`' || text_.substr(at_, 2) == "``")) {
                at_ += text_[at_] == '`' ? 1 : 0;
                name += text_[at_++];
            }
            expect('`');
        } else {
            while (at_ < text_.size() &&
                   std::string_view{"<>:,`"}.find(text_[at_]) == std::string_view::npos) {
                name += text_[at_++];
            }
        }
        while (!name.empty() && name.back() == ' ') {
            name.pop_back();
        }
        if (name.empty()) {
            fail("has a field without a name");
        }
        skip_blanks();
        return name;
    }

    // "timestamp with local time zone", in small letters.
    std::string words() {
        std::string out;
        while (at_ < text_.size()) {
            const char c = text_[at_];
            const bool is_upper = c >= 'A' && c <= 'Z';
            if (!is_upper && !(c >= 'a' && c <= 'z') && !is_digit(c) && c != '_' && c != ' ') {
                break;
            }
            out += is_upper ? static_cast<char>(c + 32) : c;
            ++at_;
        }
        while (!out.empty() && out.back() == ' ') {
            out.pop_back();
        }
        return out;
    }

    // "(10,2)"
    void skip_qualifiers() {
        if (take('(')) {
            while (at_ < text_.size() &&
                   (is_digit(text_[at_]) || text_[at_] == ',' || text_[at_] == ' ')) {
                ++at_;
            }
            expect(')');
        }
    }

    void skip_blanks() noexcept {
        while (take(' ')) {
        }
    }
    bool take(char c) noexcept {
        const bool is_next = at_ < text_.size() && text_[at_] == c;
        at_ += is_next ? 1 : 0;
        return is_next;
    }
    void expect(char c) {
        if (!take(c)) {
            fail(std::string{"lacks a "} + c);
        }
    }
    [[noreturn]] void fail(const std::string& what) const {
        throw std::invalid_argument{"hive: the type " + what + ", at byte " + std::to_string(at_)};
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

NestedType parse_type(std::string_view text) {
    return TypeReader{text}.run();
}

}  // namespace hive
