#include "support/interrupted_io.hpp"

#include <algorithm>

namespace cistern::test {

std::string_view to_string(Boundary boundary) noexcept {
    switch (boundary) {
        case Boundary::kConnect:
            return "a connect";
        case Boundary::kSleep:
            return "a sleep";
        case Boundary::kRead:
            return "a read";
        case Boundary::kWrite:
            return "a write";
        case Boundary::kHalfWritten:
            return "the middle of a write";
        case Boundary::kWritten:
            return "the end of a write";
    }
    return "?";
}

class InterruptedIo::InterruptedStream final : public Stream {
public:
    InterruptedStream(InterruptedIo& io, std::shared_ptr<StreamScript> script, std::string peer)
        : io_{io}, stream_{std::move(script), std::move(peer)} {
        io_.streams_.push_back(this);
    }
    ~InterruptedStream() override { std::erase(io_.streams_, this); }

    std::size_t read_some(char* buffer, std::size_t size, Deadline deadline) override {
        return noting_failure([&] {
            io_.pass(Boundary::kRead, deadline);
            return stream_.read_some(buffer, size, deadline);
        });
    }
    void write_all(std::string_view bytes, Deadline deadline) override {
        noting_failure([&] {
            io_.pass(Boundary::kWrite, deadline);
            io_.pass(Boundary::kHalfWritten, deadline);
            stream_.write_all(bytes, deadline);
            io_.pass(Boundary::kWritten, deadline);
        });
    }
    [[nodiscard]] Deadline deadline_after(Timeout timeout) const override {
        return stream_.deadline_after(timeout);
    }
    [[nodiscard]] StreamState state() const noexcept override {
        return has_failed_ ? StreamState::kFailed : stream_.state();
    }
    [[nodiscard]] std::string peer() const override { return stream_.peer(); }

private:
    template <class Step>
    auto noting_failure(Step step) -> decltype(step()) {
        io_.uses_after_failure_ += has_failed_ ? 1 : 0;
        try {
            return step();
        } catch (...) {
            has_failed_ = true;
            throw;
        }
    }

    InterruptedIo& io_;
    ScriptedStream stream_;
    bool has_failed_ = false;
};

void InterruptedIo::interrupt(std::size_t boundary, Interruption interruption) {
    left_ = boundary;
    interruption_ = std::move(interruption);
    interrupted_.reset();
}

bool InterruptedIo::is_quiet() const noexcept {
    return std::all_of(streams_.begin(), streams_.end(), [](const auto* stream) {
        return stream->state() == StreamState::kQuiet;
    });
}

std::unique_ptr<Stream> InterruptedIo::connect_tcp(const Endpoint& to, Deadline deadline) {
    return open(cistern::to_string(to), deadline);
}

std::unique_ptr<Stream> InterruptedIo::connect_unix(const std::string& path, Deadline deadline) {
    return open("unix:" + path, deadline);
}

void InterruptedIo::sleep_until(Deadline deadline) {
    pass(Boundary::kSleep, deadline);
    clock_->advance_to(deadline);
}

void InterruptedIo::pass(Boundary boundary, Deadline deadline) {
    if (!interruption_ || left_-- > 0) {
        return;
    }
    interrupted_ = boundary;
    // It may do I/O of its own, which is not interrupted.
    std::exchange(interruption_, nullptr)(boundary, deadline);
}

std::unique_ptr<Stream> InterruptedIo::open(std::string to, Deadline deadline) {
    pass(Boundary::kConnect, deadline);
    auto script = std::make_shared<StreamScript>(clock_);
    peer_(*script);
    ++opened_;
    return std::make_unique<InterruptedStream>(*this, std::move(script), std::move(to));
}

}  // namespace cistern::test
