#include "redis_connection.hpp"

#include "formatted_command.hpp"

#include <cistern/error.hpp>

#include <utility>

namespace redis {
namespace {

using cistern::Deadline;
using cistern::StreamState;
using cistern::Timeout;

std::vector<std::string_view> views(const Command& command) {
    return {command.begin(), command.end()};
}

void refuse_forbidden(std::span<const std::string_view> argv) {
    if (!argv.empty() && effect_of(argv) == Effect::kForbidden) {
        throw cistern::Error{
            "redis: " + std::string{argv.front()} +
            " is refused with these arguments: afterwards the number or the form of the "
            "replies would not be known (CLIENT REPLY OFF or SKIP, HELLO other than 2, "
            "UNSUBSCRIBE without channels)"};
    }
}

// Their replies are not one for each command.
void refuse_in_pipeline(std::span<const std::string_view> argv) {
    const auto effect = argv.empty() ? Effect::kNone : effect_of(argv);
    if (effect == Effect::kSubscribes || effect == Effect::kUnsubscribes ||
        effect == Effect::kMonitors) {
        throw cistern::Error{"redis: " + std::string{argv.front()} +
                             " is refused in a pipeline; send it with command()"};
    }
}

// How many confirmations the server sends.
std::size_t replies_to(std::span<const std::string_view> argv) noexcept {
    const auto effect = effect_of(argv);
    const bool one_per_channel = effect == Effect::kSubscribes || effect == Effect::kUnsubscribes;
    return one_per_channel && argv.size() > 1 ? argv.size() - 1 : 1;
}

template <class Work>
void with_outcome_unknown(Work work) {
    try {
        work();
    } catch (const cistern::DeadlineExceeded&) {
        throw;
    } catch (const cistern::IoError& error) {
        auto traits = error.traits();
        traits.outcome_unknown = true;
        throw cistern::IoError{error.what(), traits, error.where()};
    }
}

// The same reply, or an error reply of which only the code is left.
Reply without_secrets(std::span<const std::string_view> argv, Reply reply) {
    if (!reply.is_error() || !may_echo_secrets(argv)) {
        return reply;
    }
    const std::string code{reply.error_code()};
    return Reply::error((code.empty() ? "" : code + ' ') +
                        "(the rest of the error is not shown: it may hold a password)");
}

}  // namespace

RedisConnection::RedisConnection(std::unique_ptr<cistern::Stream> stream,
                                 Login login,
                                 const ReplyLimits& limits,
                                 std::size_t script_cache_size)
    : stream_{std::move(stream)},
      login_{std::move(login)},
      reader_{limits},
      messages_{limits.bytes},
      scripts_{script_cache_size, cistern::WhenEvicted::kDrop} {}

void RedisConnection::log_in(Deadline deadline) {
    const LoginCommands commands{login_};
    std::string request;
    for (const auto& command : commands.all()) {
        FormattedCommand formatted{command.argv};
        request += formatted.bytes();
        formatted.wipe();
    }
    const cistern::Secret wiped_at_the_end{std::move(request)};
    refuse_greeting(deadline);
    send(wiped_at_the_end.reveal(), deadline, 1);
    for (const auto& command : commands.all()) {
        check_login_reply(login_, command.step, read_reply(deadline), stream_->peer());
    }
    require_all_read();
}

// A server that is full or protected says so unasked, and hangs up.
void RedisConnection::refuse_greeting(Deadline deadline) {
    if (stream_->state() == StreamState::kUnread) {
        check_login_reply(login_, LoginStep::kPing, read_reply(deadline), stream_->peer());
        lose("the server spoke first: is this a Redis server?");
    }
}

Reply RedisConnection::command(Argv argv, Timeout timeout) {
    auto reply = without_secrets(argv, ask(argv, stream_->deadline_after(timeout)));
    reply.throw_if_error();
    return reply;
}

std::vector<Reply> RedisConnection::pipeline(const std::vector<Command>& commands,
                                             Timeout timeout) {
    const auto deadline = stream_->deadline_after(timeout);
    std::string request;
    for (const auto& command : commands) {
        const auto argv = views(command);
        refuse_forbidden(argv);
        refuse_in_pipeline(argv);
        request += FormattedCommand{argv}.bytes();
    }
    std::vector<Reply> replies;
    if (commands.empty()) {
        return replies;
    }
    send(request, deadline, commands.size());
    replies.reserve(commands.size());
    for (const auto& command : commands) {
        const auto argv = views(command);
        auto reply = read_answer(deadline);
        answered(argv, reply);
        replies.push_back(without_secrets(argv, std::move(reply)));
    }
    require_all_read();
    return replies;
}

Reply RedisConnection::receive(Timeout timeout) {
    const auto deadline = stream_->deadline_after(timeout);
    if (messages_.is_empty()) {
        if (!state_.is_listening()) {
            throw cistern::Error{"redis: receive() without a subscription; send SUBSCRIBE first"};
        }
        return read_reply(deadline);
    }
    return messages_.take();
}

void RedisConnection::validate(Deadline deadline) {
    constexpr std::string_view kPing[]{"PING"};
    if (!ask(kPing, deadline).is_status("PONG")) {
        lose("the reply to PING is not PONG");
    }
}

// RESET also takes back the login, so that is done anew; the others each have a command of their
// own.
void RedisConnection::reset(Deadline deadline) {
    if (state_.is_altered() || state_.is_listening()) {
        constexpr std::string_view kReset[]{"RESET"};
        const auto reply = ask(kReset, deadline);
        if (!reply.is_status("RESET")) {
            lose("the session cannot be reset, which takes Redis 6.2");
        }
        log_in(deadline);
    } else {
        std::vector<std::vector<std::string_view>> commands;
        const auto database = std::to_string(login_.database);
        if (state_.in_transaction()) {
            commands.push_back({"DISCARD"});
        } else if (state_.is_watching()) {
            commands.push_back({"UNWATCH"});
        }
        if (state_.is_elsewhere()) {
            commands.push_back({"SELECT", database});
        }
        ask_for_ok(commands, deadline);
    }
    messages_.clear();
    state_.clear();
}

bool RedisConnection::is_broken() const noexcept {
    return lost_ || state_.is_spoilt() || (!reader_.is_empty() && !state_.is_listening());
}

Reply RedisConnection::ask(Argv argv, Deadline deadline) {
    refuse_forbidden(argv);
    refuse_in_transaction(argv);
    const FormattedCommand formatted{argv};
    send(formatted.bytes(), deadline, 1);
    Reply reply;
    for (auto missing = replies_to(argv); missing > 0 && !reply.is_error(); --missing) {
        reply = read_answer(deadline);
        answered(argv, reply);
    }
    require_all_read();
    return reply;
}

// Also between MULTI and EXEC, where it is only queued: scripts are loaded once more at worst.
void RedisConnection::answered(Argv argv, const Reply& reply) {
    state_.answered(argv, reply);
    if (forgets_scripts(argv) && !reply.is_error()) {
        scripts_.forget_all();
    }
}

// There the server says QUEUED once, however many channels are named, and EXEC answers with one
// more reply for each channel than its array announces.
void RedisConnection::refuse_in_transaction(Argv argv) const {
    const auto effect = argv.empty() ? Effect::kNone : effect_of(argv);
    if (state_.in_transaction() &&
        (effect == Effect::kSubscribes || effect == Effect::kUnsubscribes)) {
        throw cistern::Error{"redis: " + std::string{argv.front()} +
                             " is refused between MULTI and EXEC: the server does not answer it "
                             "with one reply there"};
    }
}

void RedisConnection::ask_for_ok(const std::vector<std::vector<std::string_view>>& commands,
                                 Deadline deadline) {
    std::string request;
    for (const auto& argv : commands) {
        request += FormattedCommand{argv}.bytes();
    }
    if (request.empty()) {
        return;
    }
    send(request, deadline, commands.size());
    for (std::size_t i = 0; i < commands.size(); ++i) {
        if (!read_reply(deadline).is_status("OK")) {
            lose("what the last user left could not be undone");
        }
    }
    require_all_read();
}

// One command that did not leave whole was not done; of several, the first ones may have been.
void RedisConnection::send(std::string_view request, Deadline deadline, std::size_t commands) {
    require_idle();
    if (commands == 1) {
        stream_->write_all(request, deadline);
    } else {
        with_outcome_unknown([&] { stream_->write_all(request, deadline); });
    }
}

// A reply that arrived before its command would be taken for another one's, and every later reply
// with it.
void RedisConnection::require_idle() const {
    if (lost_) {
        throw cistern::IoError{"redis " + stream_->peer() + ": the session was lost before"};
    }
    if (state_.is_listening()) {
        return;
    }
    const auto state = stream_->state();
    if (state == StreamState::kUnread || !reader_.is_empty()) {
        throw cistern::ProtocolError{"redis " + stream_->peer() +
                                     ": the server sent something that nobody asked for"};
    }
    if (state == StreamState::kClosedByPeer) {
        throw cistern::IoError{"redis " + stream_->peer() +
                               ": the server has closed the connection"};
    }
}

Reply RedisConnection::read_answer(Deadline deadline) {
    while (true) {
        auto reply = read_reply(deadline);
        if (!state_.is_message(reply)) {
            return reply;
        }
        if (!messages_.keep(std::move(reply))) {
            lose("too many messages have come while answers were waited for: " +
                 std::to_string(KeptMessages::kMost) +
                 " are kept, and in all what redis.max_reply_bytes allows");
        }
    }
}

// From here on the command may have been done, whatever happens.
Reply RedisConnection::read_reply(Deadline deadline) {
    try {
        while (true) {
            if (auto reply = reader_.next()) {
                return *std::move(reply);
            }
            with_outcome_unknown([&] { read_more(deadline); });
        }
    } catch (const cistern::ProtocolError& error) {
        lose(error.what());
    } catch (...) {
        lost_ = true;
        throw;
    }
}

void RedisConnection::read_more(Deadline deadline) {
    const auto got = stream_->read_some(buffer_.data(), buffer_.size(), deadline);
    if (got == 0) {
        throw cistern::IoError{"redis " + stream_->peer() +
                               ": the server closed the connection instead of answering"};
    }
    constexpr char kTlsAlert = 0x15;  // begins no reply
    if (buffer_[0] == kTlsAlert && reader_.is_empty()) {
        throw cistern::ProtocolError{"the server speaks TLS; set redis.tls = on"};
    }
    reader_.feed({buffer_.data(), got});
}

void RedisConnection::require_all_read() {
    if (!state_.is_listening() && !reader_.is_empty()) {
        lose("the server sent more than it was asked for");
    }
}

void RedisConnection::lose(const std::string& why) {
    lost_ = true;
    throw cistern::ProtocolError{"redis " + stream_->peer() + ": " + why,
                                 {.breaks_connection = true, .outcome_unknown = true}};
}

}  // namespace redis
