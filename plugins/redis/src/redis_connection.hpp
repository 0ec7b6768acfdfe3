#pragma once

#include "kept_messages.hpp"
#include "login.hpp"
#include "reply_reader.hpp"
#include "session_state.hpp"

#include <cistern/connection.hpp>
#include <cistern/redis/session.hpp>
#include <cistern/statement_cache.hpp>
#include <cistern/stream.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace redis {

// The session on one stream.
class RedisConnection final : public cistern::Connection, public Session {
public:
    RedisConnection(std::unique_ptr<cistern::Stream> stream,
                    Login login,
                    const ReplyLimits& limits,
                    std::size_t script_cache_size);

    // What connect() ends with; throws as check_login_reply() does.
    void log_in(cistern::Deadline deadline);

    Reply command(std::span<const std::string_view> argv, cistern::Timeout timeout) override;
    std::vector<Reply> pipeline(const std::vector<Command>& commands,
                                cistern::Timeout timeout) override;
    Reply receive(cistern::Timeout timeout) override;
    Reply eval(std::string_view script,
               std::span<const std::string_view> keys,
               std::span<const std::string_view> args,
               cistern::Timeout timeout) override;
    [[nodiscard]] const cistern::StatementCacheStats& script_stats() const noexcept override {
        return scripts_.stats();
    }

    void validate(cistern::Deadline deadline) override;
    void reset(cistern::Deadline deadline) override;
    [[nodiscard]] bool needs_reset() const noexcept override { return !state_.is_pristine(); }
    [[nodiscard]] bool is_broken() const noexcept override;

private:
    using Argv = std::span<const std::string_view>;

    Reply ask(Argv argv, cistern::Deadline deadline);
    Reply eval_known(std::string_view script,
                     std::vector<std::string_view> argv,
                     cistern::Deadline deadline);
    std::string load_script(std::string_view script, cistern::Deadline deadline);
    void answered(Argv argv, const Reply& reply);
    void ask_for_ok(const std::vector<std::vector<std::string_view>>& commands,
                    cistern::Deadline deadline);
    void refuse_greeting(cistern::Deadline deadline);
    void send(std::string_view request, cistern::Deadline deadline, std::size_t commands);
    void refuse_in_transaction(Argv argv) const;
    void require_idle() const;
    Reply read_answer(cistern::Deadline deadline);
    Reply read_reply(cistern::Deadline deadline);
    void read_more(cistern::Deadline deadline);
    void require_all_read();
    [[noreturn]] void lose(const std::string& why);

    static constexpr std::size_t kReadSize = 16 * 1024;

    const std::unique_ptr<cistern::Stream> stream_;  // closing it ends the session
    const Login login_;
    ReplyReader reader_;
    SessionState state_;
    KeptMessages messages_;
    // The digests, by the scripts' text. What gives way is no more than that: a server cannot
    // unload one script.
    cistern::StatementCache<std::string> scripts_;
    bool lost_ = false;
    std::array<char, kReadSize> buffer_{};
};

}  // namespace redis
