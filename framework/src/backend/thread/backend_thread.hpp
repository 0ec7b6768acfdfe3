#pragma once

#include <cistern/deadline.hpp>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace cistern {

// Starts a thread that operators can tell by its name, and that no signal of the application is
// delivered to: handlers run where the application expects them. Throws std::system_error.
// REQUIRES: name has 15 characters at most
[[nodiscard]] std::thread start_thread(const char* name, std::function<void()> body);
// The same for one on which several tasks wait at once.
[[nodiscard]] std::thread start_shared_thread(const char* name, std::function<void()> body);

// Waits until the body of `thread` has set `has_ended` under the lock, its last act, and joins it
// with the lock let go. False when the deadline came first; true when there is no thread.
// REQUIRES: `lock` is held; setting `has_ended` notifies `changed`
[[nodiscard]] bool join_ended(std::thread& thread,
                              const bool& has_ended,
                              std::condition_variable& changed,
                              std::unique_lock<std::mutex>& lock,
                              Deadline deadline);

}  // namespace cistern
