#include "backend/simulation/simulated_stream.hpp"

#include <utility>

namespace cistern::simulation {

SimulatedStream::SimulatedStream(Scheduler& scheduler,
                                 const Clock& clock,
                                 std::shared_ptr<SimulatedWire> wire,
                                 std::string peer)
    : scheduler_{scheduler}, clock_{clock}, wire_{std::move(wire)}, peer_{std::move(peer)} {}

SimulatedStream::~SimulatedStream() {
    wire_->close_to_server();
}

std::size_t SimulatedStream::read_some(char* buffer, std::size_t size, Deadline deadline) {
    begin("read");
    while (true) {
        if (wire_->is_reset()) {
            has_failed_ = true;
            throw IoError{peer_ + ": reset by the peer",
                          {.breaks_connection = true,
                           .outcome_unknown = is_reply_owed_,
                           .is_transient = true}};
        }
        if (wire_->has_unread()) {
            is_reply_owed_ = false;
            return wire_->take(buffer, size);
        }
        if (wire_->is_closed_by_peer()) {
            return 0;
        }
        wait_for_bytes(deadline);
    }
}

void SimulatedStream::wait_for_bytes(Deadline deadline) {
    // An exception from here is a task that was cancelled in the middle of a message.
    has_failed_ = true;
    wire_->set_reader(scheduler_.current());
    bool is_late = false;
    try {
        is_late = !scheduler_.wait_until(deadline, "read");
    } catch (...) {
        wire_->set_reader(nullptr);
        throw;
    }
    wire_->set_reader(nullptr);
    if (is_late && !wire_->has_unread() && !wire_->is_closed_by_peer() && !wire_->is_reset()) {
        throw DeadlineExceeded{
            peer_ + " sent nothing more before the deadline",
            {.breaks_connection = true, .outcome_unknown = is_reply_owed_, .is_transient = true}};
    }
    has_failed_ = false;
}

void SimulatedStream::write_all(std::string_view bytes, Deadline /*deadline*/) {
    begin("write");
    if (wire_->is_reset()) {
        has_failed_ = true;
        throw IoError{peer_ + ": writing failed: reset by the peer"};
    }
    is_reply_owed_ = true;
    wire_->send_to_server(bytes);
}

Deadline SimulatedStream::deadline_after(Timeout timeout) const {
    return clock_.deadline_after(timeout);
}

StreamState SimulatedStream::state() const noexcept {
    if (has_failed_ || wire_->is_reset()) {
        return StreamState::kFailed;
    }
    if (wire_->has_unread()) {
        return StreamState::kUnread;
    }
    if (wire_->is_closed_by_peer()) {
        return StreamState::kClosedByPeer;
    }
    return is_reply_owed_ && !is_one_way_ ? StreamState::kAwaitingReply : StreamState::kQuiet;
}

std::size_t SimulatedStream::take_arrived(char* buffer, std::size_t size) noexcept {
    if (has_failed_ || wire_->is_reset() || !wire_->has_unread()) {
        return 0;
    }
    is_reply_owed_ = false;
    return wire_->take(buffer, size);
}

void SimulatedStream::begin(const char* what) {
    scheduler_.yield_point(what);
    if (scheduler_.current() != nullptr && scheduler_.holds_lock()) {
        scheduler_.stop_for(std::string{"a stream is used under a lock: "} + what);
    }
    if (has_failed_) {
        throw IoError{peer_ + ": the stream is unusable after an earlier failure"};
    }
}

}  // namespace cistern::simulation
