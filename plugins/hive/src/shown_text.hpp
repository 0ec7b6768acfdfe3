#pragma once

#include <cstddef>

namespace hive {

// Bytes of a peer's words that an error shows: more is a page of its own.
inline constexpr std::size_t kLongestShownText = 300;

}  // namespace hive
