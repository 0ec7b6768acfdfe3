#include "socket_stream.hpp"

#include "io_text.hpp"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <utility>

namespace cistern {
namespace {

// A page of a server's short replies; reads of this size or more gain nothing from the buffer.
constexpr std::size_t kBufferSize = 16 * 1024;

bool would_wait(int error) {
    return error == EAGAIN || error == EWOULDBLOCK;
}

std::size_t bytes_arrived(int socket) {
    int bytes = 0;
    return ::ioctl(socket, FIONREAD, &bytes) == 0 && bytes > 0 ? static_cast<std::size_t>(bytes)
                                                               : 0;
}

}  // namespace

SocketStream::SocketStream(Descriptor socket, Readiness& readiness, std::string peer) noexcept
    : socket_{std::move(socket)}, readiness_{readiness}, peer_{std::move(peer)} {}

SocketStream::~SocketStream() = default;

std::size_t SocketStream::read_some(char* buffer, std::size_t size, Deadline deadline) {
    assert(size > 0);
    check_usable();
    if (const auto buffered = take_buffered(buffer, size); buffered > 0) {
        return buffered;
    }
    if (peer_closed_) {
        return 0;
    }
    if (has_served_enough(deadline)) {
        fail_late("did not send everything before the deadline", has_written_);
    }
    if (size < kBufferSize && buffer_.empty()) {
        buffer_.resize(kBufferSize);
    }
    for (;;) {
        const auto received = receive_now(buffer, size);
        if (received.error == 0) {
            return received.bytes;
        }
        if (!would_wait(received.error)) {
            fail("reading failed: " + error_number_text(received.error), has_written_);
        }
        if (!wait(true, deadline)) {
            fail_late("sent nothing more before the deadline", has_written_);
        }
    }
}

void SocketStream::write_all(std::string_view bytes, Deadline deadline) {
    check_usable();
    bool begun = false;
    while (!bytes.empty()) {
        const auto sent = send_now(bytes);
        if (sent.error != 0 && !would_wait(sent.error)) {
            fail("writing failed: " + error_number_text(sent.error), begun || reply_owed_);
        }
        if (sent.error == 0) {
            begun = has_written_ = reply_owed_ = true;
            bytes.remove_prefix(sent.bytes);
        }
        const bool must_wait = sent.error != 0;
        if (!bytes.empty() &&
            ((must_wait && !wait(false, deadline)) || readiness_.clock().has_passed(deadline))) {
            fail_late("did not take everything before the deadline", begun || reply_owed_);
        }
    }
}

Deadline SocketStream::deadline_after(Timeout timeout) const {
    return readiness_.clock().deadline_after(timeout);
}

StreamState SocketStream::state() const noexcept {
    if (failed_ || socket_.is_inherited()) {
        return StreamState::kFailed;
    }
    if (buffer_begin_ < buffer_end_) {
        return StreamState::kUnread;
    }
    if (peer_closed_) {
        return StreamState::kClosedByPeer;
    }
    char byte = 0;
    ssize_t seen = 0;
    do {
        seen = ::recv(socket_.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    } while (seen < 0 && errno == EINTR);
    if (seen > 0) {
        return StreamState::kUnread;
    }
    if (seen == 0) {
        return StreamState::kClosedByPeer;
    }
    if (!would_wait(errno)) {
        failed_ = true;
        return StreamState::kFailed;
    }
    return reply_owed_ && !one_way_ ? StreamState::kAwaitingReply : StreamState::kQuiet;
}

std::size_t SocketStream::take_arrived(char* buffer, std::size_t size) noexcept {
    if (failed_ || socket_.is_inherited()) {
        return 0;
    }
    if (const auto buffered = take_buffered(buffer, size); buffered > 0 || peer_closed_) {
        return buffered;
    }
    const auto received = receive_now(buffer, size);
    failed_ = received.error != 0 && !would_wait(received.error);
    return received.bytes;
}

void SocketStream::check_usable() const {
    if (socket_.is_inherited()) {
        throw IoError{peer_ +
                          ": the connection was opened before fork() and belongs to the parent "
                          "process; borrow another one in this process",
                      {.breaks_connection = true, .is_transient = true}};
    }
    if (failed_) {
        throw IoError{peer_ + ": the stream is unusable after an earlier failure" +
                          (failure_.empty() ? "" : " (" + failure_ + ")"),
                      {.breaks_connection = true, .is_transient = true}};
    }
}

std::size_t SocketStream::take_buffered(char* buffer, std::size_t size) noexcept {
    const auto taken = std::min(size, buffer_end_ - buffer_begin_);
    std::copy_n(buffer_.data() + buffer_begin_, taken, buffer);
    buffer_begin_ += taken;
    return taken;
}

// One system call fills the caller's memory first and puts what is left over into the buffer, so
// that the length before a frame and the frame itself cost one call and no copy of the first.
SocketStream::Moved SocketStream::receive_now(char* buffer, std::size_t size) noexcept {
    std::array<iovec, 2> parts{iovec{buffer, size}, iovec{buffer_.data(), buffer_.size()}};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = size < kBufferSize ? 2 : 1;
    ssize_t got = 0;
    do {
        got = ::recvmsg(socket_.get(), &message, MSG_DONTWAIT);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return {.error = errno};
    }
    const auto bytes = static_cast<std::size_t>(got);
    peer_closed_ = bytes == 0;
    reply_owed_ = reply_owed_ && bytes == 0;
    overdue_bytes_ -= std::min(overdue_bytes_, bytes);
    buffer_begin_ = 0;
    buffer_end_ = bytes - std::min(bytes, size);
    return {.bytes = std::min(bytes, size)};
}

SocketStream::Moved SocketStream::send_now(std::string_view bytes) const noexcept {
    ssize_t sent = 0;
    do {
        sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    } while (sent < 0 && errno == EINTR);
    if (sent < 0) {
        return {.error = errno};
    }
    return {.bytes = static_cast<std::size_t>(sent)};
}

bool SocketStream::has_served_enough(Deadline deadline) noexcept {
    if (!readiness_.clock().has_passed(deadline)) {
        return false;
    }
    if (overdue_ != deadline) {
        overdue_ = deadline;
        overdue_bytes_ = bytes_arrived(socket_.get());
        return false;
    }
    return overdue_bytes_ == 0;
}

bool SocketStream::wait(bool for_reading, Deadline deadline) {
    Watch watch{
        .descriptor = socket_.get(), .for_reading = for_reading, .for_writing = !for_reading};
    // An exception from here is a task that was cancelled in the middle of a message.
    failed_ = true;
    const bool is_ready = readiness_.wait({&watch, 1}, deadline);
    failed_ = false;
    return is_ready;
}

void SocketStream::fail(const std::string& what, bool outcome_unknown) {
    failed_ = true;
    failure_ = what;
    throw IoError{
        peer_ + ": " + what,
        {.breaks_connection = true, .outcome_unknown = outcome_unknown, .is_transient = true}};
}

void SocketStream::fail_late(const std::string& what, bool outcome_unknown) {
    failed_ = true;
    failure_ = what;
    throw DeadlineExceeded{
        peer_ + " " + what,
        {.breaks_connection = true, .outcome_unknown = outcome_unknown, .is_transient = true}};
}

}  // namespace cistern
