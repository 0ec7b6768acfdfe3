#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

namespace sandbox {

// The brake of one running statement.
//
// Thread safety:  every member may be called by any number of threads at once.
class RunControl {
public:
    using Clock = std::chrono::steady_clock;
    using Now = std::function<Clock::time_point()>;

    enum class Stop { kNone, kCancelled, kTimedOut };

    explicit RunControl(Now now = &Clock::now) : now_{std::move(now)} {}

    // Zero: no limit. Call before the statement starts.
    void set_timeout(std::chrono::seconds timeout) {
        if (timeout > std::chrono::seconds::zero()) {
            deadline_ = now_() + timeout;
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
        return deadline_ && now_() >= *deadline_ ? Stop::kTimedOut : Stop::kNone;
    }

    // False when it was woken up to stop.
    bool sleep(std::chrono::milliseconds time) {
        const auto left = deadline_ ? *deadline_ - now_() : Clock::duration::max();
        std::unique_lock lock{mutex_};
        wake_.wait_for(
            lock, std::min<Clock::duration>(time, left), [this] { return cancelled_.load(); });
        return stop() == Stop::kNone;
    }

private:
    const Now now_;
    std::optional<Clock::time_point> deadline_;
    std::atomic<bool> cancelled_ = false;
    std::mutex mutex_;
    std::condition_variable wake_;
};

// Where a server takes its time from.
struct Clocks {
    RunControl::Now now = &RunControl::Clock::now;  // what it waits by
    std::function<std::chrono::system_clock::time_point()> wall =
        &std::chrono::system_clock::now;  // what it tells clients
};

}  // namespace sandbox
