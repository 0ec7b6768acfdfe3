#include "nested_reading.hpp"

#include "scalar_text.hpp"
#include "shown_text.hpp"

#include <algorithm>
#include <utility>

namespace hive {
namespace {

constexpr std::size_t kMostDepth = 1'000;  // what a task's stack bears

bool same_name(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) {
        return lower(x) == lower(y);
    });
}

}  // namespace

Value NestedReading::run() {
    if (text_.empty() || (text_.front() != '[' && text_.front() != '{')) {
        fail("begins with neither [ nor {");
    }
    auto tree = value(options_.declared, {}, 1);
    if (at_ != text_.size()) {
        fail("goes on where it should have ended");
    }
    return tree;
}

Value NestedReading::value(const NestedType* declared,
                           std::string_view followers,
                           std::size_t depth) {
    if (++values_ > options_.max_values) {
        throw NotRead{
            "holds more than " + std::to_string(options_.max_values) + " values", at_, true};
    }
    const char first = at_ < text_.size() ? text_[at_] : '\0';
    if (declared != nullptr && is_container(declared->type) && first != 'n') {
        return declared->type == Type::kArray ? list(declared, depth) : entries(declared, depth);
    }
    if (declared == nullptr && first == '[') {
        return list(nullptr, depth);
    }
    if (declared == nullptr && first == '{') {
        return entries(nullptr, depth);
    }
    return scalar(declared, followers);
}

Value NestedReading::list(const NestedType* declared, std::size_t depth) {
    open('[', depth);
    Value out{.kind = Value::Kind::kList};
    if (take(']')) {
        return out;
    }
    const NestedType* const item = declared == nullptr ? nullptr : &declared->parts.at(0);
    do {
        out.items.push_back(value(item, ",]", depth + 1));
    } while (take(','));
    expect(']', "a list ends with ]");
    return out;
}

Value NestedReading::entries(const NestedType* declared, std::size_t depth) {
    open('{', depth);
    Value out{.kind = Value::Kind::kEntries};
    if (!take('}')) {
        do {
            const std::size_t index = out.items.size();
            out.keys.push_back(key(declared, index, depth));
            expect(':', "a key is followed by :");
            const auto* const type = item_type(declared, out.keys.back(), index);
            out.items.push_back(value(type, ",}", depth + 1));
        } while (take(','));
        expect('}', "entries end with }");
    }
    const bool is_struct = declared != nullptr && declared->type == Type::kStruct;
    if (is_struct && out.items.size() != declared->parts.size()) {
        fail("has fewer fields than its type");
    }
    if (declared != nullptr && declared->type == Type::kUnion && out.items.size() != 1) {
        fail("is no union: that holds one value");
    }
    return out;
}

Value NestedReading::key(const NestedType* declared, std::size_t index, std::size_t depth) {
    static const NestedType kTag{.type = Type::kInt};
    if (declared == nullptr) {
        return value(nullptr, ":", depth + 1);
    }
    switch (declared->type) {
        case Type::kStruct:
            if (index >= declared->parts.size()) {
                fail("has more fields than its type");
            }
            return field_name(declared->names[index]);
        case Type::kUnion:
            return value(&kTag, ":", depth + 1);
        default:
            return value(&declared->parts.at(0), ":", depth + 1);
    }
}

const NestedType* NestedReading::item_type(const NestedType* declared,
                                           const Value& of_key,
                                           std::size_t index) {
    if (declared == nullptr) {
        return nullptr;
    }
    if (declared->type == Type::kMap) {
        return &declared->parts.at(1);
    }
    if (declared->type == Type::kStruct) {
        return &declared->parts[index];
    }
    for (std::size_t tag = 0; tag < declared->parts.size(); ++tag) {
        if (of_key.text == std::to_string(tag)) {
            return &declared->parts[tag];
        }
    }
    fail("has a tag that its union does not have");
}

// Neither server escapes names, so a known one is compared as it stands.
Value NestedReading::field_name(const std::string& name) {
    expect('"', "a field begins with \"");
    if (!same_name(text_.substr(at_, name.size()), name)) {
        fail("has another field than \"" + shown(name) + "\" here");
    }
    Value out{.kind = Value::Kind::kText, .text = std::string{text_.substr(at_, name.size())}};
    at_ += name.size();
    expect('"', "the field's name ends with \"");
    return out;
}

Value NestedReading::scalar(const NestedType* declared, std::string_view followers) {
    if (declared != nullptr && declared->type == Type::kBinary) {
        fail("holds a BINARY, whose bytes servers write without quotes");
    }
    const std::size_t begin = at_;
    const bool is_quoted = take('"');
    Value out = is_quoted ? Value{.kind = Value::Kind::kText, .text = quoted(followers)} : bare();
    if (declared != nullptr && !fits(out, is_quoted, declared->type)) {
        at_ = begin;
        fail("is not of the declared type here");
    }
    return out;
}

Value NestedReading::bare() {
    const auto word = text_.substr(at_, bare_size(text_.substr(at_)));
    auto out = bare_value(word);
    if (!out) {
        fail("is neither in quotes nor null, true, false, a number, a date or an interval here");
    }
    at_ += word.size();
    return std::move(*out);
}

void NestedReading::open(char bracket, std::size_t depth) {
    const auto most = std::min(options_.max_depth, kMostDepth);
    if (depth > most) {
        throw NotRead{"is nested deeper than " + std::to_string(most), at_, true};
    }
    expect(bracket,
           bracket == '[' ? "an ARRAY begins with [" : "a MAP, STRUCT or UNION begins with {");
}

bool NestedReading::take(char c) noexcept {
    const bool is_next = at_ < text_.size() && text_[at_] == c;
    at_ += is_next ? 1 : 0;
    return is_next;
}

void NestedReading::expect(char c, const char* what) {
    if (!take(c)) {
        fail(std::string{at_ == text_.size() ? "ends too early: " : "has something else here: "} +
             what);
    }
}

}  // namespace hive
