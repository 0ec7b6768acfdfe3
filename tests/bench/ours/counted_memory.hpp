#pragma once

namespace cistern::bench {

// Bytes that operator new has handed out in this process, libraries included, and that were not
// given back.
[[nodiscard]] long live_bytes() noexcept;

}  // namespace cistern::bench
