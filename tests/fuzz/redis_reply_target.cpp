// Bytes from a Redis server. Which replies come out must not depend on where the network cuts them,
// and be those that hiredis reads by itself, without our guard and our way to build them.

#include "fuzz_target.hpp"
#include "reply_reader.hpp"

#include <cistern/error.hpp>

#include <hiredis/hiredis.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace cistern::fuzz;
using redis::Reply;

constexpr redis::ReplyLimits kLimits{.bytes = 8192, .elements = 500, .depth = 7};

struct Outcome {
    std::vector<Reply> replies;
    bool failed = false;
    bool is_empty = false;  // nothing is left of an unfinished reply
};

Outcome outcome_of(std::string_view input, const std::function<std::size_t()>& piece) {
    redis::ReplyReader reader{kLimits};
    Outcome outcome;
    try {
        while (!input.empty()) {
            const auto part = input.substr(0, piece());
            input.remove_prefix(part.size());
            reader.feed(part);
            while (auto reply = reader.next()) {
                outcome.replies.push_back(*std::move(reply));
            }
        }
        outcome.is_empty = reader.is_empty();
    } catch (const cistern::ProtocolError&) {
        outcome.failed = true;
    }
    return outcome;
}

// Of a stream that breaks, as many replies are seen as came before the piece that breaks it.
void require_same(const Outcome& all, const Outcome& other, const std::string& how) {
    require(all.failed == other.failed, how + ": one fails, the other does not");
    require(other.replies.size() <= all.replies.size(), how + ": more replies");
    require(std::equal(other.replies.begin(), other.replies.end(), all.replies.begin()),
            how + ": other replies");
    if (!all.failed) {
        require(other.replies.size() == all.replies.size(), how + ": fewer replies");
        require(other.is_empty == all.is_empty, how + ": another rest");
    }
}

Reply reply_of(const redisReply& reply) {
    switch (reply.type) {
        case REDIS_REPLY_STRING:
            return Reply::string({reply.str, reply.len});
        case REDIS_REPLY_STATUS:
            return Reply::status({reply.str, reply.len});
        case REDIS_REPLY_ERROR:
            return Reply::error({reply.str, reply.len});
        case REDIS_REPLY_INTEGER:
            return Reply::integer(reply.integer);
        case REDIS_REPLY_NIL:
            return {};
        case REDIS_REPLY_ARRAY:
            break;
        default:
            fail("a reply of type " + std::to_string(reply.type) + ", which RESP2 has not");
    }
    auto array = Reply::array();
    for (std::size_t at = 0; at < reply.elements; ++at) {
        array.append(reply_of(*reply.element[at]));
    }
    return array;
}

// hiredis takes memory for as many elements as are announced.
bool announces_many(std::string_view input) {
    constexpr std::size_t kDigits = 5;
    for (auto at = input.find('*'); at != std::string_view::npos; at = input.find('*', at + 1)) {
        const auto digits = input.substr(at + 1).find_first_not_of("0123456789");
        if (digits == std::string_view::npos || digits >= kDigits) {
            return true;
        }
    }
    return false;
}

// Empty when it refuses the bytes.
std::optional<std::vector<Reply>> read_by_hiredis(std::string_view input) {
    const std::unique_ptr<redisReader, decltype(&redisReaderFree)> reader{redisReaderCreate(),
                                                                          &redisReaderFree};
    redisReaderFeed(reader.get(), input.data(), input.size());
    std::vector<Reply> replies;
    void* whole = nullptr;
    while (redisReaderGetReply(reader.get(), &whole) == REDIS_OK && whole != nullptr) {
        const std::unique_ptr<redisReply, decltype(&freeReplyObject)> reply{
            static_cast<redisReply*>(whole), &freeReplyObject};
        replies.push_back(reply_of(*reply));
    }
    return reader->err == 0 ? std::optional{std::move(replies)} : std::nullopt;
}

// As a server writes it.
std::string written(const Reply& reply) {
    switch (reply.type()) {
        case Reply::Type::kNil:
            return "$-1\r\n";
        case Reply::Type::kStatus:
            return "+" + reply.text() + "\r\n";
        case Reply::Type::kError:
            return "-" + std::string{reply.error_message()} + "\r\n";
        case Reply::Type::kInteger:
            return ":" + std::to_string(reply.integer()) + "\r\n";
        case Reply::Type::kString:
            return "$" + std::to_string(reply.text().size()) + "\r\n" + reply.text() + "\r\n";
        case Reply::Type::kArray:
            break;
    }
    std::string text = "*" + std::to_string(reply.elements().size()) + "\r\n";
    for (const auto& element : reply.elements()) {
        text += written(element);
    }
    return text;
}

// The protocol has neither byte in a status or an error; hiredis reads on to where both come.
bool breaks_a_line(const Reply& reply) {
    constexpr std::string_view kLineBytes = "\r\n";
    switch (reply.type()) {
        case Reply::Type::kStatus:
            return reply.text().find_first_of(kLineBytes) != std::string::npos;
        case Reply::Type::kError:
            return reply.error_message().find_first_of(kLineBytes) != std::string_view::npos;
        case Reply::Type::kArray:
            return std::any_of(reply.elements().begin(), reply.elements().end(), breaks_a_line);
        default:
            return false;
    }
}

std::size_t elements_of(const Reply& reply) {
    if (reply.type() != Reply::Type::kArray) {
        return 0;
    }
    std::size_t count = reply.elements().size();
    for (const auto& element : reply.elements()) {
        count += elements_of(element);
    }
    return count;
}

std::size_t depth_of(const Reply& reply) {
    std::size_t deepest = 0;
    if (reply.type() != Reply::Type::kArray) {
        return 0;
    }
    for (const auto& element : reply.elements()) {
        deepest = std::max(deepest, depth_of(element));
    }
    return reply.elements().empty() ? deepest : deepest + 1;
}

// Whether nothing but our guard's strictness could be why `input` was refused, and it is not: the
// bytes are what a server writes, and within the limits.
bool has_to_be_read(std::string_view input, const std::vector<Reply>& replies) {
    std::string all;
    for (const auto& reply : replies) {
        const auto bytes = written(reply);
        if (breaks_a_line(reply) || bytes.size() > kLimits.bytes ||
            elements_of(reply) > kLimits.elements || depth_of(reply) > kLimits.depth) {
            return false;
        }
        all += bytes;
    }
    return all == input;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto input = text_of(data, size);
    Pieces pieces{input};
    const auto all = outcome_of(input, [] { return std::size_t{1}; });
    require_same(all,
                 outcome_of(input, [] { return std::numeric_limits<std::size_t>::max(); }),
                 "all at once");
    require_same(all, outcome_of(input, [&] { return pieces.next(40); }), "in pieces");
    if (all.failed && announces_many(input)) {
        return 0;
    }
    const auto expected = read_by_hiredis(input);
    if (!all.failed) {
        require(expected.has_value(), "hiredis alone refuses what is read");
        require(all.replies == *expected, "hiredis alone reads other replies");
    } else if (expected) {
        require(!has_to_be_read(input, *expected), "refused, though a server may send it");
    }
    return 0;
}
