// How scripts are run: by their digest, which the server may have forgotten at any time.

#include "redis_connection.hpp"

#include <optional>
#include <utility>

namespace redis {
namespace {

// The server's own words and not the code alone: a script may reply NOSCRIPT by itself, and has run
// then.
bool is_unknown_script(const Reply& reply) noexcept {
    return reply.error_message().starts_with("NOSCRIPT No matching script");
}

}  // namespace

Reply RedisConnection::eval(std::string_view script,
                            Argv keys,
                            Argv args,
                            cistern::Timeout timeout) {
    const auto deadline = stream_->deadline_after(timeout);
    const auto count = std::to_string(keys.size());
    std::vector<std::string_view> argv{"EVAL", script, count};
    argv.insert(argv.end(), keys.begin(), keys.end());
    argv.insert(argv.end(), args.begin(), args.end());
    const bool whole = scripts_.capacity() == 0 || state_.in_transaction();
    auto reply = whole ? ask(argv, deadline) : eval_known(script, argv, deadline);
    reply.throw_if_error();
    return reply;
}

Reply RedisConnection::eval_known(std::string_view script,
                                  std::vector<std::string_view> argv,
                                  cistern::Deadline deadline) {
    auto reply = scripts_.use(
        script,
        [&] { return load_script(script, deadline); },
        [&](const std::string& digest) {
            argv[0] = "EVALSHA";
            argv[1] = digest;
            auto answer = ask(argv, deadline);
            return is_unknown_script(answer) ? std::nullopt : std::optional{std::move(answer)};
        });
    if (reply) {
        return *std::move(reply);
    }
    // Flushed twice in a moment, or several servers behind one address: then it goes whole.
    argv[0] = "EVAL";
    argv[1] = script;
    return ask(argv, deadline);
}

std::string RedisConnection::load_script(std::string_view script, cistern::Deadline deadline) {
    const std::string_view load[]{"SCRIPT", "LOAD", script};
    return ask(load, deadline).text();
}

}  // namespace redis
