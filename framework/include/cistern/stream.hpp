#pragma once

#include <cistern/deadline.hpp>
#include <cistern/error.hpp>
#include <cistern/export.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace cistern {

// What can be said about a stream without waiting.
enum class StreamState {
    kQuiet,          // nothing unread, nothing owed: may be lent again
    kUnread,         // bytes have arrived that nobody read
    kAwaitingReply,  // something was written last, and no answer has been read since
    kClosedByPeer,   // the peer has closed its side
    kFailed,         // an earlier call failed or passed its deadline
};

[[nodiscard]] CISTERN_API std::string_view to_string(StreamState state) noexcept;

// A byte stream that waits the way its backend waits: by blocking a thread, by switching fibers, by
// parking a coroutine's task, or by moving virtual time on. Code over it reads as if it blocked.
//
// Thread safety:  none; a stream belongs to one caller at a time.
// Ownership:      closing is the destructor's business; it never waits.
// Waiting:        read_some() and write_all() wait until their deadline at most. A deadline that
// has
//                 passed already still lets through what has arrived by then, and no more.
// Errors:         IoError and its kin. After any of them the stream stays failed: every later call
//                 throws, and the connection is not lent again.
class CISTERN_API Stream {
public:
    Stream() = default;
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    virtual ~Stream();

    // Reads at least one byte into `buffer`; zero means that the peer closed its side.
    // REQUIRES: size > 0
    virtual std::size_t read_some(char* buffer, std::size_t size, Deadline deadline) = 0;
    // Writes everything or throws.
    virtual void write_all(std::string_view bytes, Deadline deadline) = 0;

    // The deadline `timeout` from now on the clock of the backend that made this stream.
    [[nodiscard]] virtual Deadline deadline_after(Timeout timeout) const = 0;

    // Looks once, without waiting.
    [[nodiscard]] virtual StreamState state() const noexcept { return StreamState::kQuiet; }
    // For protocols in which a request needs no reply: a write that was answered by nothing does
    // not count as owed any more. Off at first.
    virtual void set_one_way(bool /*one_way*/) noexcept {}
    // Who is at the other end, for messages: "10.0.0.1:6379" or "unix:/run/x.sock".
    [[nodiscard]] virtual std::string peer() const { return {}; }

    // -- For streams that wrap another, as TLS does
    // ------------------------------------------------ Reads some of what has arrived, without
    // waiting; zero when nothing has, or on any failure, which state() then tells. It does not
    // count as a use. REQUIRES: size > 0
    virtual std::size_t take_arrived(char* /*buffer*/, std::size_t /*size*/) noexcept { return 0; }
    // From now on the pool asks `wrapper` for its state instead of this stream; null: this one
    // again. `wrapper` may ask this one and has to be gone first.
    virtual void set_wrapper(const Stream* /*wrapper*/) noexcept {}
};

// Where to connect to. `host` is a name or a literal address, IPv6 without brackets.
struct Endpoint {
    std::string host;
    std::string port;

    friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

// "host:port", with brackets around an IPv6 address.
[[nodiscard]] CISTERN_API std::string to_string(const Endpoint& endpoint);
// Reads "host:port" or "[v6]:port"; throws ConfigError saying what is wrong with `text`.
[[nodiscard]] CISTERN_API Endpoint parse_endpoint(std::string_view text);

// What a connector opens its streams with.
//
// Thread safety:  every member may be called by any number of tasks at once.
// Ownership:      outlives every connection made with it, so a connection may keep a reference.
// Waiting:        until the deadline at most, name resolution included.
// Errors:         ConnectError, DeadlineExceeded.
class CISTERN_API IoContext {
public:
    IoContext() = default;
    IoContext(const IoContext&) = delete;
    IoContext& operator=(const IoContext&) = delete;
    virtual ~IoContext();

    // Resolves the name anew at each call and tries its addresses in order.
    virtual std::unique_ptr<Stream> connect_tcp(const Endpoint& to, Deadline deadline) = 0;
    virtual std::unique_ptr<Stream> connect_unix(const std::string& path, Deadline deadline) = 0;
    // The clock that this context's deadlines are on.
    [[nodiscard]] virtual const Clock& clock() const noexcept = 0;
    // Waits until `deadline` the way its streams wait, for protocols in which a client has to ask
    // again a little later. A context that cannot wait returns at once.
    virtual void sleep_until(Deadline /*deadline*/) {}
    // Chance, evenly distributed over [0, 1), for what many clients ought not to do alike. A context
    // that draws nothing gives zero.
    [[nodiscard]] virtual double random() noexcept { return 0.0; }
};

}  // namespace cistern
