#pragma once

#include <chrono>
#include <string>

namespace cistern {

// "Connection reset by peer (ECONNRESET)"
[[nodiscard]] std::string error_number_text(int error);
// "2 s", "1.5 s", "250 ms"; whatever is shorter than a millisecond is "0 ms".
[[nodiscard]] std::string duration_text(std::chrono::nanoseconds duration);

}  // namespace cistern
