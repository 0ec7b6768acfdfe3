#pragma once

#include <cistern/deadline.hpp>

#include <cstdint>
#include <optional>
#include <stop_token>

namespace cistern {

// Who goes first when several wait for a connection.
enum class Priority : std::uint8_t { kHigh, kNormal, kLow };

// How one acquire() waits.
//
// Thread safety:  a value.
struct AcquireOptions {
    std::optional<Timeout> timeout{};  // none: the pool's acquire_timeout
    std::stop_token stop{};            // Cancelled as soon as it is requested while it waits
    Priority priority = Priority::kNormal;
};

}  // namespace cistern
