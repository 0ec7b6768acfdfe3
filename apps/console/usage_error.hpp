#pragma once

#include <chrono>
#include <stdexcept>
#include <string>

namespace console {

// The command line asks for something that cannot be: what() says what, and what would be right.
class UsageError : public std::runtime_error {
public:
    using runtime_error::runtime_error;
};

// The value of `option`, written as durations are in properties files: "30s"; throws UsageError.
[[nodiscard]] std::chrono::nanoseconds duration_argument(const std::string& option,
                                                         const std::string& text);

}  // namespace console
