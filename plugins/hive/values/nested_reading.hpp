#pragma once

#include "quote_choices.hpp"

#include <cistern/hive/nested.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace hive {

// A text that cannot be read, and where that was seen. Thrown inside of the parser only.
struct NotRead {
    std::string reason;
    std::size_t position;
    bool is_limit = false;
};

// How a string's end is found.
enum class Strings {
    kEscaped,    // Hive: the first quotation mark without a backslash
    kNoQuotes,   // the first quotation mark, as was promised
    kUnescaped,  // Spark: whichever the choices say
};

// One way to read a text from its beginning to its end.
class NestedReading {
public:
    NestedReading(std::string_view text,
                  const NestedOptions& options,
                  Strings strings,
                  QuoteChoices& choices) noexcept
        : text_{text}, options_{options}, strings_{strings}, choices_{choices} {}

    // Throws NotRead.
    Value run();
    // How far it came.
    [[nodiscard]] std::size_t at() const noexcept { return at_; }

private:
    // `followers` are the characters that may come behind a value where this one stands.
    Value value(const NestedType* declared, std::string_view followers, std::size_t depth);
    Value list(const NestedType* declared, std::size_t depth);
    Value entries(const NestedType* declared, std::size_t depth);
    Value key(const NestedType* declared, std::size_t index, std::size_t depth);
    const NestedType* item_type(const NestedType* declared, const Value& of_key, std::size_t index);
    Value field_name(const std::string& name);
    Value scalar(const NestedType* declared, std::string_view followers);
    Value bare();

    std::string quoted(std::string_view followers);
    std::string escaped();
    char32_t unicode_escape();
    char32_t hex_digits();

    void open(char bracket, std::size_t depth);
    bool take(char c) noexcept;
    void expect(char c, const char* what);
    [[noreturn]] void fail(std::string reason) const { throw NotRead{std::move(reason), at_}; }

    std::string_view text_;
    const NestedOptions& options_;
    Strings strings_;
    QuoteChoices& choices_;
    std::size_t at_ = 0;
    std::size_t values_ = 0;
};

}  // namespace hive
