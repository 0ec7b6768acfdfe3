#include "reply_guard.hpp"

#include <cistern/error.hpp>

#include <algorithm>
#include <string>

namespace redis {
namespace {

// The parser looks for the end of a line from its beginning each time, so a line that never ends
// must not grow for long.
constexpr std::size_t kMaxLineBytes = 64 * 1024;
// Far beyond any limit and far from overflow.
constexpr std::uint64_t kHugeNumber = std::uint64_t{1} << 56;
constexpr std::string_view kTypes = "+-:$*";
constexpr std::string_view kLineEnd = "\r\n";

[[noreturn]] void refuse(const std::string& what) {
    throw cistern::ProtocolError{"the server sent " + what};
}

[[noreturn]] void refuse_size(const char* what, std::uint64_t limit, const char* setting) {
    refuse("a reply of more than " + std::to_string(limit) + ' ' + what +
           "; if that is meant, raise the setting " + setting);
}

}  // namespace

void ReplyGuard::scan(std::string_view bytes) {
    while (!bytes.empty()) {
        std::uint64_t used = 1;
        if (skip_ > 0) {
            used = skip_string(bytes);
        } else if (type_ == '\0') {
            begin_item(bytes.front());
        } else {
            used = scan_line(bytes);
        }
        bytes.remove_prefix(used);
    }
}

void ReplyGuard::begin_item(char type) {
    if (kTypes.find(type) == std::string_view::npos) {
        refuse("a reply of unknown type (byte " +
               std::to_string(static_cast<unsigned>(static_cast<unsigned char>(type))) +
               "): is this a Redis server?");
    }
    count(1);
    type_ = type;
    line_bytes_ = 0;
    last_ = '\0';
    number_ = 0;
    has_digits_ = false;
    is_negative_ = false;
}

std::uint64_t ReplyGuard::skip_string(std::string_view bytes) {
    const auto used = std::min<std::uint64_t>(skip_, bytes.size());
    for (auto at = skip_ - std::min(skip_, kLineEnd.size()); at < used; ++at) {
        if (bytes[at] != kLineEnd[kLineEnd.size() - (skip_ - at)]) {
            refuse("a string that does not end where it said");
        }
    }
    skip_ -= used;
    if (skip_ == 0) {
        end_item();
    }
    return used;
}

std::size_t ReplyGuard::scan_line(std::string_view bytes) {
    const auto end = bytes.find('\n');
    const bool is_whole = end != std::string_view::npos;
    const auto part = bytes.substr(0, is_whole ? end + 1 : bytes.size());
    count(part.size());
    line_bytes_ += part.size();
    if (line_bytes_ > kMaxLineBytes) {
        refuse("a line of more than " + std::to_string(kMaxLineBytes) + " bytes");
    }
    if (type_ == '$' || type_ == '*') {
        read_number(part);
    }
    const char before_end = part.size() >= 2 ? part[part.size() - 2] : last_;
    last_ = part.back();
    if (is_whole) {
        if (before_end != '\r') {
            refuse("a line without a carriage return at its end");
        }
        end_line();
    }
    return part.size();
}

void ReplyGuard::read_number(std::string_view digits) {
    for (const char c : digits) {
        if (c >= '0' && c <= '9') {
            has_digits_ = true;
            number_ = std::min(kHugeNumber, number_ * 10 + static_cast<std::uint64_t>(c - '0'));
        } else if (c == '-' && !has_digits_ && !is_negative_) {
            is_negative_ = true;
        } else if (c != '\r' && c != '\n') {
            refuse("a length that is no number");
        }
    }
}

void ReplyGuard::end_line() {
    if (type_ == '$') {
        end_string_header();
    } else if (type_ == '*') {
        end_array_header();
    } else {
        end_item();
    }
}

void ReplyGuard::end_string_header() {
    if (!has_digits_ || (is_negative_ && number_ != 1)) {
        refuse("a string without a valid length");
    }
    if (is_negative_) {
        end_item();
        return;
    }
    count(number_ + kLineEnd.size());
    skip_ = number_ + kLineEnd.size();
}

void ReplyGuard::end_array_header() {
    if (!has_digits_ || (is_negative_ && number_ != 1)) {
        refuse("an array without a valid length");
    }
    if (is_negative_ || number_ == 0) {
        end_item();
        return;
    }
    if (number_ > limits_.elements - elements_) {
        refuse_size("elements", limits_.elements, "redis.max_reply_elements");
    }
    if (open_arrays_.size() == limits_.depth) {
        refuse_size("arrays in each other", limits_.depth, "redis.max_reply_depth");
    }
    elements_ += number_;
    open_arrays_.push_back(number_);
    type_ = '\0';
}

void ReplyGuard::end_item() noexcept {
    type_ = '\0';
    while (!open_arrays_.empty() && --open_arrays_.back() == 0) {
        open_arrays_.pop_back();
    }
    if (open_arrays_.empty()) {
        bytes_ = 0;
        elements_ = 0;
    }
}

void ReplyGuard::count(std::uint64_t bytes) {
    if (bytes > limits_.bytes - bytes_) {
        refuse_size("bytes", limits_.bytes, "redis.max_reply_bytes");
    }
    bytes_ += bytes;
}

}  // namespace redis
