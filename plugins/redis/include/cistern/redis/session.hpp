#pragma once

// What applications program against to use a Redis server. Interfaces only: the code is in the
// `redis` plugin, and applications link nothing of it.

#include <cistern/deadline.hpp>
#include <cistern/redis/reply.hpp>
#include <cistern/statement_cache.hpp>

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace redis {

// A command and its arguments, each any bytes: {"SET", "key", value}.
using Command = std::vector<std::string>;

// One session with a Redis server, logged in and in its database.
//
// Thread safety:  one task at a time.
// Ownership:      belongs to the lease it was borrowed with.
// Waiting:        each call waits until its timeout at most. A command that blocks on the server
//                 (BLPOP) ends by the same timeout, and then takes the connection with it.
// Errors:         ServerError and refused commands leave the session as it was. IoError,
//                 DeadlineExceeded and ProtocolError lose the connection; once a command was sent
//                 whole, they leave its outcome unknown.
//
// What a user leaves behind does not reach the next one: an open MULTI, watched keys, another
// database, subscriptions, MONITOR, another user or client name are undone before the session is
// lent again, or the connection is closed. Commands after which a reply cannot be matched to its
// command are refused: CLIENT REPLY OFF and SKIP, HELLO 3, UNSUBSCRIBE without naming channels,
// subscribing inside MULTI.
class Session {
public:
    Session() = default;
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    virtual ~Session() = default;

    // Sends one command and returns its reply; an error reply is thrown as ServerError. Errors
    // inside an array, as EXEC gives them, stay there. Subscribing to several channels returns the
    // last confirmation. Of an error to a command that carries passwords (AUTH, HELLO, ACL, CONFIG,
    // MIGRATE) only the code is told. REQUIRES: argv is not empty
    virtual Reply command(std::span<const std::string_view> argv, cistern::Timeout timeout) = 0;
    Reply command(std::initializer_list<std::string_view> argv, cistern::Timeout timeout) {
        return command(std::span{argv.begin(), argv.size()}, timeout);
    }
    Reply command(const Command& argv, cistern::Timeout timeout) {
        const std::vector<std::string_view> views{argv.begin(), argv.end()};
        return command(std::span{views}, timeout);
    }

    // Sends all commands at once and returns one reply for each, in order; error replies stay in
    // their place, and hide what command() hides. No transaction: other clients' commands may run
    // in between. Commands that subscribe or monitor are refused here.
    virtual std::vector<Reply> pipeline(const std::vector<Command>& commands,
                                        cistern::Timeout timeout) = 0;

    // The next message of a subscribed or monitoring session: ["message", channel, payload].
    virtual Reply receive(cistern::Timeout timeout) = 0;

    // Runs a Lua script, in which `keys` are KEYS[1], KEYS[2], ... and `args` ARGV[1], ...; its
    // reply and errors are as command()'s. The script travels once per connection (SCRIPT LOAD),
    // and its digest from then on (EVALSHA). Where the server has forgotten it, after SCRIPT FLUSH
    // or a failover, it is loaded again within the same timeout, and runs once. Between MULTI and
    // EXEC it is sent whole (EVAL), and the reply is the status QUEUED.
    //
    // A connection keeps the digests of redis.script_cache_size scripts, also from one user to the
    // next: they are the server's, whoever loaded them. 0: each script is sent whole. REQUIRES: the
    // script is the same text each time, and what differs is in `keys` and `args`: else every
    // connection and the server fill with scripts that nobody runs again
    virtual Reply eval(std::string_view script,
                       std::span<const std::string_view> keys,
                       std::span<const std::string_view> args,
                       cistern::Timeout timeout) = 0;
    Reply eval(std::string_view script,
               std::initializer_list<std::string_view> keys,
               std::initializer_list<std::string_view> args,
               cistern::Timeout timeout) {
        return eval(script,
                    std::span{keys.begin(), keys.size()},
                    std::span{args.begin(), args.size()},
                    timeout);
    }

    // How often this connection's scripts were found, since it was opened: many misses and
    // evictions ask for a larger redis.script_cache_size, or for scripts whose text stays the same.
    [[nodiscard]] virtual const cistern::StatementCacheStats& script_stats() const noexcept = 0;
};

}  // namespace redis
