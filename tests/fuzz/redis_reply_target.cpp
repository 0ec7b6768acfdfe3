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

std::vector<Reply> read_by_hiredis(std::string_view input) {
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
    require(reader->err == 0, std::string{"hiredis alone refuses it: "} + reader->errstr);
    return replies;
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
    if (!all.failed) {
        require(all.replies == read_by_hiredis(input), "hiredis alone reads other replies");
    }
    return 0;
}
