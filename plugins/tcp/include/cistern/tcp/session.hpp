#pragma once

// What applications program against to speak a protocol of their own over a pooled TCP or Unix
// socket. Interfaces only: the code is in the `tcp` plugin, and applications link nothing of it.

#include <cistern/deadline.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace tcp {

// One open byte stream.
//
// Thread safety:  one task at a time.
// Ownership:      belongs to the lease it was borrowed with.
// Waiting:        each call waits until its timeout at most, however many small pieces arrive.
// Errors:         IoError, DeadlineExceeded and ProtocolError lose the connection. An error while
//                 reading leaves the outcome unknown: the peer may have acted on what was written.
//
// A session whose peer has sent more than was read, or still owes an answer to the last write, is
// closed at the end of its lease instead of lent again. For protocols in which a request has no
// answer the setting `one_way` takes the second of these away.
class Session {
public:
    Session() = default;
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    virtual ~Session() = default;

    // Sends all of `bytes`, which may be any bytes.
    virtual void write(std::string_view bytes, cistern::Timeout timeout) = 0;

    // What has arrived, or else what arrives next: at least one byte and at most `max_bytes`. Empty
    // when the peer closed its side, after which the session is of no more use.
    // REQUIRES: max_bytes > 0
    virtual std::string read(std::size_t max_bytes, cistern::Timeout timeout) = 0;

    // Exactly `size` bytes; IoError when the peer closes before. Memory follows what arrives, so a
    // length taken from the peer costs nothing by itself.
    virtual std::string read_exactly(std::size_t size, cistern::Timeout timeout) = 0;

    // Everything up to `delimiter`, which is read but not returned. ProtocolError when it does not
    // come within `max_line_bytes` bytes, itself included.
    // REQUIRES: delimiter is not empty
    virtual std::string read_until(std::string_view delimiter, cistern::Timeout timeout) = 0;

    // Everything up to the next line feed, which is read but not returned; nor is a carriage return
    // before it. Bounded as read_until().
    virtual std::string read_line(cistern::Timeout timeout) = 0;

    // Who is at the other end, for messages: "10.0.0.1:7007", "unix:/run/x.sock".
    [[nodiscard]] virtual std::string peer() const = 0;
};

}  // namespace tcp
