// A nested value as a server may write it, and the type it is declared with. It is read or handed
// out as it came; what was read is what the text says.

#include "fuzz_target.hpp"

#include <cistern/hive/nested.hpp>

#include <optional>
#include <stdexcept>
#include <string>
#include <variant>

namespace {

using namespace cistern::fuzz;
using hive::Nested;
using hive::NestedOptions;
using hive::NestedType;
using hive::Unread;
using hive::Value;
using hive::Writer;

std::optional<NestedType> type_of(std::string_view text) {
    try {
        return hive::parse_type(text);
    } catch (const std::invalid_argument&) {
        return std::nullopt;
    }
}

// In order, what a reader copied out of the text.
void leaves(const Value& value, std::string& out) {
    out += value.text + '\n';
    for (std::size_t i = 0; i < value.items.size(); ++i) {
        if (i < value.keys.size()) {
            leaves(value.keys[i], out);
        }
        leaves(value.items[i], out);
    }
}

// Without escapes every text of the tree stands in what was written, one behind the other.
void require_in(std::string_view text, const Value& value) {
    std::string found;
    leaves(value, found);
    std::size_t at = 0;
    for (std::size_t begin = 0; begin < found.size();) {
        std::size_t size = found.find('\n', begin) - begin;
        at = text.find(std::string_view{found}.substr(begin, size), at);
        require(at != std::string_view::npos, "a text that nobody wrote");
        at += size;
        begin += size + 1;
    }
}

Nested read(std::string_view text, const NestedOptions& options) {
    auto nested = hive::parse_nested(text, options);
    if (const auto* unread = std::get_if<Unread>(&nested)) {
        require(unread->text == text, "another text was handed out");
        require(unread->position <= text.size() && !unread->reason.empty(),
                "no reason, or no place");
    }
    return nested;
}

void check(std::string_view text, const NestedType* declared) {
    const auto hive = read(text, {.writer = Writer::kHive, .declared = declared});
    const auto spark = read(text, {.writer = Writer::kSpark, .declared = declared});
    const auto promised =
        read(text, {.writer = Writer::kSpark, .declared = declared, .no_quotes_in_strings = true});
    const auto unknown = read(text, {.declared = declared});
    require(std::holds_alternative<Unread>(unknown) || (unknown == hive && unknown == spark),
            "a value of an unknown server that not both mean");
    require(promised.index() == 1 || spark.index() == 1 || promised == spark,
            "the only reading is another than the one that was promised");
    if (spark.index() == 0 && text.find('\n') == std::string_view::npos) {
        require_in(text, std::get<Value>(spark));
    }
    (void)read(text,
               {.writer = Writer::kSpark, .declared = declared, .max_depth = 3, .max_values = 5});
}

}  // namespace

// The input: a type up to a line end, then the text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto input = text_of(data, size);
    const auto end = input.find('\n');
    const auto text = end == std::string_view::npos ? input : input.substr(end + 1);
    const auto type = type_of(input.substr(0, end));
    check(text, type ? &*type : nullptr);
    return 0;
}
