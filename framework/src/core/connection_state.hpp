#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cistern::core {

// Where one place of a pool stands. All but kEmpty count against max_size.
enum class ConnectionState : std::uint8_t {
    kEmpty,       // no connection
    kConnecting,  // a pool task opens one
    kIdle,        // open, and free to be lent
    kInLane,      // in the express lane: free or lent, as its word says
    kLent,        // a caller has it
    kValidating,  // a pool task asks the server whether it still works
    kResetting,   // a pool task undoes what the last user left behind
    kClosing,     // a pool task closes it
};

inline constexpr std::size_t kConnectionStates = 8;

[[nodiscard]] std::string_view to_string(ConnectionState state) noexcept;

// The whole life of a connection: every step that is not listed here is a defect.
[[nodiscard]] bool may_become(ConnectionState from, ConnectionState to) noexcept;

}  // namespace cistern::core
