#pragma once

#include "reply_guard.hpp"

#include <cistern/redis/reply.hpp>

#include <hiredis/read.h>

#include <memory>
#include <optional>
#include <string_view>

namespace redis {

// Turns the server's bytes into replies: hiredis parses, a guard looks at every length before
// hiredis does, and the replies are built in place of hiredis's own.
//
// Errors:  ProtocolError, after which it is of no more use.
class ReplyReader {
public:
    explicit ReplyReader(const ReplyLimits& limits);

    // The next bytes of the stream, cut anywhere.
    void feed(std::string_view bytes);
    // The next whole reply; empty when more bytes are needed.
    [[nodiscard]] std::optional<Reply> next();
    // True when no byte is left over from the replies that were handed out.
    [[nodiscard]] bool is_empty() const noexcept;

private:
    struct Free {
        void operator()(redisReader* reader) const noexcept { redisReaderFree(reader); }
    };

    [[noreturn]] void throw_parser_error() const;

    ReplyGuard guard_;
    std::optional<Reply> root_;  // the reply that is being built
    std::unique_ptr<redisReader, Free> reader_;
};

}  // namespace redis
