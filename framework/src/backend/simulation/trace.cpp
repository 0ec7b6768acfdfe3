#include "backend/simulation/trace.hpp"

#include <algorithm>
#include <cstdio>

namespace cistern::simulation {

void Trace::note(std::chrono::nanoseconds at,
                 std::uint32_t task,
                 const char* what,
                 std::uint64_t detail) noexcept {
    const auto mix = [this](std::uint64_t word) {
        constexpr std::uint64_t kPrime = 0x100000001b3;
        hash_ = (hash_ ^ word) * kPrime;
        hash_ ^= hash_ >> 32;
    };
    mix(static_cast<std::uint64_t>(at.count()));
    mix(task);
    mix(detail);
    for (const char* letter = what; *letter != '\0'; ++letter) {
        mix(static_cast<unsigned char>(*letter));
    }
    last_[length_++ % kKept] = {at, task, what, detail};
}

std::string Trace::tail(std::size_t most, std::chrono::nanoseconds from) const {
    std::string text;
    const auto kept = std::min<std::uint64_t>({most, length_, kKept});
    for (auto index = length_ - kept; index < length_; ++index) {
        const auto& event = last_[index % kKept];
        const std::chrono::duration<double, std::milli> at = event.at - from;
        std::array<char, 120> line{};
        std::snprintf(line.data(),
                      line.size(),
                      "  %12.6f ms  task %-4u %-24s %llu\n",
                      at.count(),
                      event.task,
                      event.what,
                      static_cast<unsigned long long>(event.detail));
        text += line.data();
    }
    return text;
}

}  // namespace cistern::simulation
