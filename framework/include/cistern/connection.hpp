#pragma once

#include <cistern/deadline.hpp>
#include <cistern/export.hpp>

namespace cistern {

// One open conversation with a server. A plugin's class derives from this and from the session
// interface that applications program against.
//
// Thread safety:  used by one task at a time: the pool guarantees it.
// Ownership:      the pool owns it. What it holds goes with it; its destructor must not wait.
// Waiting:        validate(), reset() and close() run as the pool's own tasks or before a lease is
//                 handed out, never under a lock, and must keep to their deadline.
// Errors:         any exception from validate() or reset() closes the connection.
// Fork:           in a child of fork() none of the parent's is used or destroyed.
class CISTERN_API Connection {
public:
    Connection() = default;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    virtual ~Connection();

    // Asks the server whether the session still works, before a connection that was idle for long
    // is lent again. Throwing means no.
    virtual void validate(Deadline deadline) = 0;

    // Undoes what one user left behind before the next one comes. A connection that does not
    // override it has nothing to undo.
    virtual void reset(Deadline deadline);
    // Asked when a lease ends, without waiting: is there anything for reset() to do? A connection
    // that often has not (say, no transaction is open) answers here and saves the round trip.
    [[nodiscard]] virtual bool needs_reset() const noexcept { return true; }

    // Never waits: what is already known about the connection. The framework itself looks at every
    // stream that the connection opened; this is for what only the plugin knows.
    [[nodiscard]] virtual bool is_broken() const noexcept { return false; }

    // A polite goodbye before the destructor, where the protocol has one. Not called for broken
    // connections; its exceptions are ignored.
    virtual void close(Deadline /*deadline*/) {}

    // For the framework: the same without a call once reset() is known to be the base's.
    [[nodiscard]] bool has_to_be_reset() const noexcept {
        return !reset_is_empty_ && needs_reset();
    }

private:
    bool reset_is_empty_ = false;  // learnt when the base's reset() is called
};

}  // namespace cistern
