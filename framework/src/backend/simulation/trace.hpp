#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace cistern::simulation {

// What happened in a run: a hash over all of it, by which two runs are compared, and the last
// steps, to be read when it went wrong.
//
// Thread safety:  none.
class Trace {
public:
    // `what` is a literal; `detail` whatever number tells one such event from another.
    void note(std::chrono::nanoseconds at,
              std::uint32_t task,
              const char* what,
              std::uint64_t detail) noexcept;

    [[nodiscard]] std::uint64_t hash() const noexcept { return hash_; }
    [[nodiscard]] std::uint64_t length() const noexcept { return length_; }
    // One line each for the last `most` events, the oldest first; time in milliseconds since
    // `from`.
    [[nodiscard]] std::string tail(std::size_t most, std::chrono::nanoseconds from) const;

private:
    struct Event {
        std::chrono::nanoseconds at{};
        std::uint32_t task = 0;
        const char* what = "";
        std::uint64_t detail = 0;
    };
    static constexpr std::size_t kKept = 128;

    std::uint64_t hash_ = 0xcbf29ce484222325;
    std::uint64_t length_ = 0;
    std::array<Event, kKept> last_{};
};

}  // namespace cistern::simulation
