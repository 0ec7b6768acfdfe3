#pragma once

#include <functional>
#include <thread>

namespace cistern {

// Starts a thread that operators can tell by its name, and that no signal of the application is
// delivered to: handlers run where the application expects them. Throws std::system_error.
// REQUIRES: name has 15 characters at most
[[nodiscard]] std::thread start_thread(const char* name, std::function<void()> body);

}  // namespace cistern
