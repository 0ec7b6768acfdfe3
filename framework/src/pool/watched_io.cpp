#include "pool/watched_io.hpp"

#include <string_view>
#include <utility>

namespace cistern {

// Passes everything on, and leaves a note that it was used.
class WatchedStream final : public Stream {
public:
    WatchedStream(WatchedIo& io, std::unique_ptr<Stream> stream)
        : io_{io}, stream_{std::move(stream)} {
        const std::lock_guard lock{io_.mutex_};
        next_ = io_.first_;
        io_.first_ = this;
    }
    ~WatchedStream() override {
        const std::lock_guard lock{io_.mutex_};
        WatchedStream** link = &io_.first_;
        while (*link != this) {
            link = &(*link)->next_;
        }
        *link = next_;
    }

    std::size_t read_some(char* buffer, std::size_t size, Deadline deadline) override {
        note_use();
        return stream_->read_some(buffer, size, deadline);
    }
    void write_all(std::string_view bytes, Deadline deadline) override {
        note_use();
        stream_->write_all(bytes, deadline);
    }
    [[nodiscard]] Deadline deadline_after(Timeout timeout) const override {
        return stream_->deadline_after(timeout);
    }
    [[nodiscard]] StreamState state() const noexcept override { return stream_->state(); }
    void set_one_way(bool one_way) noexcept override { stream_->set_one_way(one_way); }
    [[nodiscard]] std::string peer() const override { return stream_->peer(); }
    std::size_t take_arrived(char* buffer, std::size_t size) noexcept override {
        return stream_->take_arrived(buffer, size);
    }
    void set_wrapper(const Stream* wrapper) noexcept override {
        const std::lock_guard lock{io_.mutex_};
        wrapper_ = wrapper;
    }

    // What the pool is told: only a wrapper can tell a session's bytes from its own protocol's.
    [[nodiscard]] StreamState told_state() const noexcept {
        return wrapper_ != nullptr ? wrapper_->state() : stream_->state();
    }

    [[nodiscard]] const WatchedStream* next() const noexcept { return next_; }
    [[nodiscard]] WatchedStream* next() noexcept { return next_; }
    void watch_hang_up(Backend& backend, const std::shared_ptr<HangUpListener>& listener) noexcept {
        watch_ = backend.watch_hang_up(*stream_, listener);
    }

private:
    void note_use() noexcept { io_.is_used_.store(true, std::memory_order_relaxed); }

    WatchedIo& io_;
    std::unique_ptr<Stream> stream_;
    std::unique_ptr<HangUpWatch> watch_;
    WatchedStream* next_ = nullptr;  // guarded by the context's lock, as is the wrapper
    const Stream* wrapper_ = nullptr;
};

std::unique_ptr<Stream> WatchedIo::watch(std::unique_ptr<Stream> stream) {
    auto watched = std::make_unique<WatchedStream>(*this, std::move(stream));
    const std::lock_guard lock{mutex_};
    if (backend_ != nullptr) {
        watched->watch_hang_up(*backend_, listener_);
    }
    return watched;
}

void WatchedIo::watch_hang_ups(Backend& backend,
                               std::shared_ptr<HangUpListener> listener) noexcept {
    const std::lock_guard lock{mutex_};
    backend_ = &backend;
    listener_ = std::move(listener);
    for (WatchedStream* stream = first_; stream != nullptr; stream = stream->next()) {
        stream->watch_hang_up(backend, listener_);
    }
}

std::unique_ptr<Stream> WatchedIo::connect_tcp(const Endpoint& to, Deadline deadline) {
    return watch(io_.connect_tcp(to, deadline));
}

std::unique_ptr<Stream> WatchedIo::connect_unix(const std::string& path, Deadline deadline) {
    return watch(io_.connect_unix(path, deadline));
}

template <class Check>
bool WatchedIo::all_streams(Check check) const noexcept {
    const std::lock_guard lock{mutex_};
    for (const WatchedStream* stream = first_; stream != nullptr; stream = stream->next()) {
        if (!check(stream->told_state())) {
            return false;
        }
    }
    return true;
}

bool WatchedIo::is_quiet() const noexcept {
    return all_streams([](StreamState state) { return state == StreamState::kQuiet; });
}

bool WatchedIo::is_open() const noexcept {
    return all_streams([](StreamState state) {
        return state != StreamState::kClosedByPeer && state != StreamState::kFailed;
    });
}

}  // namespace cistern
