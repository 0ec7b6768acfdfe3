#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>

namespace sandbox {

// The brake of one running statement.
//
// Thread safety:  every member may be called by any number of threads at once.
class RunControl {
public:
    using Clock = std::chrono::steady_clock;

    enum class Stop { kNone, kCancelled, kTimedOut };

    // Zero: no limit. Call before the statement starts.
    void set_timeout(std::chrono::seconds timeout) {
        if (timeout > std::chrono::seconds::zero()) {
            deadline_ = Clock::now() + timeout;
        }
    }

    // The time limit ends with the running; what is read later has none. Call from the running
    // thread.
    void lift_timeout() { deadline_.reset(); }

    void cancel() {
        cancelled_ = true;
        const std::lock_guard lock{mutex_};
        wake_.notify_all();
    }

    [[nodiscard]] Stop stop() const {
        if (cancelled_) {
            return Stop::kCancelled;
        }
        return deadline_ && Clock::now() >= *deadline_ ? Stop::kTimedOut : Stop::kNone;
    }

    // False when it was woken up to stop.
    bool sleep(std::chrono::milliseconds time) {
        auto until = Clock::now() + time;
        if (deadline_ && *deadline_ < until) {
            until = *deadline_;
        }
        std::unique_lock lock{mutex_};
        wake_.wait_until(lock, until, [this] { return cancelled_.load(); });
        return stop() == Stop::kNone;
    }

private:
    std::optional<Clock::time_point> deadline_;
    std::atomic<bool> cancelled_ = false;
    std::mutex mutex_;
    std::condition_variable wake_;
};

}  // namespace sandbox
