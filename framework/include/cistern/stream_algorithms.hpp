#pragma once

#include <cistern/stream.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace cistern {

// Reads exactly `size` bytes; IoError when the peer closes before.
CISTERN_API void read_exactly(Stream& stream, char* buffer, std::size_t size, Deadline deadline);

// Reads up to and including `delimiter`, which is not returned. ProtocolError when it does not come
// within `max_bytes`; nothing beyond them is kept.
// REQUIRES: delimiter is not empty
[[nodiscard]] CISTERN_API std::string read_until(Stream& stream,
                                                 std::string_view delimiter,
                                                 std::size_t max_bytes,
                                                 Deadline deadline);

// Reads up to the next line feed, which is not returned; nor is a carriage return before it.
[[nodiscard]] CISTERN_API std::string read_line(Stream& stream,
                                                std::size_t max_bytes,
                                                Deadline deadline);

}  // namespace cistern
