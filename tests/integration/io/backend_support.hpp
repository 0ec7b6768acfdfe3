#pragma once

#include "backend/backend.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace cistern::test {

// Longer than anything that works takes.
inline constexpr std::chrono::seconds kLong{20};
// Long enough for what must not happen to happen.
inline constexpr std::chrono::milliseconds kMoment{50};

// A gate that tasks wait at until the test opens it.
class Gate {
public:
    void open() {
        const std::lock_guard lock{mutex_};
        is_open_ = true;
        changed_.notify_all();
    }
    void pass() {
        std::unique_lock lock{mutex_};
        ++waiting_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return is_open_; });
    }
    bool wait_for_waiting(int count) {
        std::unique_lock lock{mutex_};
        return changed_.wait_for(lock, kLong, [&] { return waiting_ >= count; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool is_open_ = false;
    int waiting_ = 0;
};

inline Deadline in(Backend& backend, std::chrono::nanoseconds timeout) {
    return backend.clock().deadline_after(timeout);
}

}  // namespace cistern::test
