#include "reply_reader.hpp"

#include <cistern/error.hpp>

#include <new>
#include <string>
#include <utility>

namespace redis {
namespace {

// hiredis calls these for each item and keeps the address they return for as long as the item's own
// elements are under way. An array gets its next element only when the one before is whole, so
// the addresses that hiredis still holds do not move. Null means "out of memory"; no exception may
// pass through C.
void* place(const redisReadTask* task, Reply reply) {
    if (task->parent == nullptr) {
        return &static_cast<std::optional<Reply>*>(task->privdata)->emplace(std::move(reply));
    }
    return &static_cast<Reply*>(task->parent->obj)->append(std::move(reply));
}

template <class Make>
void* place_or_null(const redisReadTask* task, Make make) noexcept {
    try {
        return place(task, make());
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}

void* create_string(const redisReadTask* task, char* bytes, std::size_t size) {
    return place_or_null(task, [&] {
        std::string text(bytes, size);
        switch (task->type) {
            case REDIS_REPLY_ERROR:
                return Reply::error(std::move(text));
            case REDIS_REPLY_STATUS:
                return Reply::status(std::move(text));
            default:
                return Reply::string(std::move(text));
        }
    });
}

void* create_array(const redisReadTask* task, int /*claimed_size*/) {
    return place_or_null(task, [] { return Reply::array(); });
}

void* create_integer(const redisReadTask* task, long long value) {
    return place_or_null(task, [&] { return Reply::integer(value); });
}

void* create_nil(const redisReadTask* task) {
    return place_or_null(task, [] { return Reply{}; });
}

void free_nothing(void* /*reply*/) {}

redisReplyObjectFunctions& builders() noexcept {
    static constinit redisReplyObjectFunctions functions{
        create_string, create_array, create_integer, create_nil, free_nothing};
    return functions;
}

}  // namespace

ReplyReader::ReplyReader(const ReplyLimits& limits)
    : guard_{limits}, reader_{redisReaderCreateWithFunctions(&builders())} {
    if (reader_ == nullptr) {
        throw std::bad_alloc{};
    }
    reader_->privdata = &root_;
}

void ReplyReader::feed(std::string_view bytes) {
    guard_.scan(bytes);
    if (redisReaderFeed(reader_.get(), bytes.data(), bytes.size()) != REDIS_OK) {
        throw_parser_error();
    }
}

std::optional<Reply> ReplyReader::next() {
    void* whole = nullptr;
    if (redisReaderGetReply(reader_.get(), &whole) != REDIS_OK) {
        throw_parser_error();
    }
    if (whole == nullptr) {
        return std::nullopt;
    }
    return std::exchange(root_, std::nullopt);
}

bool ReplyReader::is_empty() const noexcept {
    return guard_.is_between_replies() && reader_->pos == reader_->len;
}

void ReplyReader::throw_parser_error() const {
    throw cistern::ProtocolError{std::string{"the reply cannot be read: "} + reader_->errstr};
}

}  // namespace redis
