#include "support/scripted_stream.hpp"

#include <algorithm>
#include <cassert>
#include <stdexcept>
#include <utility>

namespace cistern::test {

StreamScript& StreamScript::sends(std::string_view bytes) {
    incoming_ += bytes;
    return *this;
}

StreamScript& StreamScript::answers(Responder responder) {
    responder_ = std::move(responder);
    return *this;
}

StreamScript& StreamScript::then_closes() {
    closes_ = true;
    return *this;
}

StreamScript& StreamScript::in_chunks_of(std::size_t size) {
    assert(size > 0);
    chunk_ = size;
    return *this;
}

StreamScript& StreamScript::split_at(std::size_t offset) {
    splits_.insert(offset);
    return *this;
}

StreamScript& StreamScript::each_call_takes(std::chrono::nanoseconds duration) {
    duration_ = duration;
    return *this;
}

StreamScript& StreamScript::read_fails_at(std::size_t offset) {
    read_fails_at_ = offset;
    return *this;
}

StreamScript& StreamScript::read_stalls_at(std::size_t offset) {
    read_stalls_at_ = offset;
    return *this;
}

StreamScript& StreamScript::write_fails_at(std::size_t offset) {
    write_fails_at_ = offset;
    return *this;
}

StreamScript& StreamScript::write_stalls_at(std::size_t offset) {
    write_stalls_at_ = offset;
    return *this;
}

ScriptedStream::ScriptedStream(std::shared_ptr<StreamScript> script, std::string peer)
    : script_{std::move(script)}, peer_{std::move(peer)} {
    ++script_->open_streams_;
}

ScriptedStream::~ScriptedStream() {
    --script_->open_streams_;
}

std::size_t ScriptedStream::read_some(char* buffer, std::size_t size, Deadline deadline) {
    assert(size > 0);
    begin(deadline);
    const auto at = script_->read_;
    if (at == script_->read_fails_at_) {
        fail("the script fails this read");
    }
    if (at == script_->read_stalls_at_) {
        stall(deadline, "read");
    }
    const auto ready = readable();
    if (ready == 0 && script_->closes_) {
        return 0;
    }
    if (ready == 0) {
        stall(deadline, "read");
    }
    spend_time(deadline);
    const auto got = std::min(size, ready);
    script_->incoming_.copy(buffer, got, at);
    script_->read_ += got;
    reply_owed_ = false;
    return got;
}

void ScriptedStream::write_all(std::string_view bytes, Deadline deadline) {
    begin(deadline);
    spend_time(deadline);
    auto& script = *script_;
    const auto start = script.written_.size();
    const auto end = start + bytes.size();
    const auto stop = std::min(script.write_fails_at_.value_or(end + 1),
                               script.write_stalls_at_.value_or(end + 1));
    const auto passing = bytes.substr(0, std::clamp(stop, start, end) - start);
    script.written_ += passing;
    script.writes_.emplace_back(passing);
    reply_owed_ = true;
    if (passing.size() < bytes.size()) {
        if (stop == script.write_fails_at_) {
            fail("the script fails this write");
        }
        stall(deadline, "write");
    }
    if (script.responder_) {
        script.incoming_ += script.responder_(bytes);
    }
}

Deadline ScriptedStream::deadline_after(Timeout timeout) const {
    return script_->clock_->deadline_after(timeout);
}

StreamState ScriptedStream::state() const noexcept {
    if (failed_) {
        return StreamState::kFailed;
    }
    if (!script_->unread().empty()) {
        return StreamState::kUnread;
    }
    if (script_->closes_) {
        return StreamState::kClosedByPeer;
    }
    return reply_owed_ && !one_way_ ? StreamState::kAwaitingReply : StreamState::kQuiet;
}

std::size_t ScriptedStream::take_arrived(char* buffer, std::size_t size) noexcept {
    const auto got = failed_ ? 0 : std::min(size, readable());
    script_->incoming_.copy(buffer, got, script_->read_);
    script_->read_ += got;
    reply_owed_ = reply_owed_ && got == 0;
    return got;
}

void ScriptedStream::begin(Deadline deadline) {
    script_->last_deadline_ = deadline;
    if (failed_) {
        throw IoError{peer_ + ": the stream has failed before"};
    }
}

void ScriptedStream::spend_time(Deadline deadline) {
    auto& clock = *script_->clock_;
    if (script_->duration_ > clock.left(deadline)) {
        stall(deadline, "scripted call");
    }
    clock.advance(script_->duration_);
}

void ScriptedStream::fail(const char* what) {
    failed_ = true;
    throw IoError{peer_ + ": " + what};
}

void ScriptedStream::stall(Deadline deadline, const char* what) {
    if (deadline.is_never()) {
        throw std::logic_error{std::string{what} +
                               " would wait for ever: the script has nothing more to say"};
    }
    failed_ = true;
    script_->clock_->advance_to(deadline);
    throw DeadlineExceeded{peer_ + ": the deadline passed during a " + what};
}

std::size_t ScriptedStream::readable() const noexcept {
    const auto& script = *script_;
    auto until = script.incoming_.size();
    const auto stop_at = [&until, at = script.read_](std::size_t offset) {
        if (offset > at) {
            until = std::min(until, offset);
        }
    };
    const auto split = script.splits_.upper_bound(script.read_);
    if (split != script.splits_.end()) {
        stop_at(*split);
    }
    stop_at(script.read_fails_at_.value_or(0));
    stop_at(script.read_stalls_at_.value_or(0));
    return std::min(until - script.read_, script.chunk_);
}

}  // namespace cistern::test
