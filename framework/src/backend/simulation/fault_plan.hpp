#pragma once

#include "backend/simulation/seeded_random.hpp"

#include <chrono>
#include <cstdint>

namespace cistern::simulation {

// What becomes of one attempt to connect.
enum class ConnectFault : std::uint8_t {
    kNone,
    kRefuse,
    kBlackHole,  // nothing ever answers
};

// What happens to one connection. Bytes are counted from the server to the client, and each number
// is that of the first byte that does not arrive any more.
struct WireFaults {
    static constexpr std::uint64_t kNoByte = UINT64_MAX;

    std::chrono::nanoseconds latency{};     // one way
    std::chrono::nanoseconds drip{};        // between one byte and the next; 0: all at once
    std::uint64_t reset_at = kNoByte;       // the peer resets
    std::uint64_t close_at = kNoByte;       // the peer closes
    std::uint64_t vanish_at = kNoByte;      // the peer is gone, and nobody says so
    std::uint32_t extra_reply_percent = 0;  // of replies, followed by one nobody asked for
    std::uint32_t slow_reply_percent = 0;   // of replies, later by up to `longest_reply`
    std::chrono::nanoseconds longest_reply{};
};

// How often which fault occurs, in percent of the connects or connections it can happen to. All
// zero is a calm network.
struct FaultRates {
    std::uint32_t refuse = 0;
    std::uint32_t black_hole = 0;
    std::uint32_t slow_connect = 0;
    std::uint32_t reset = 0;
    std::uint32_t close = 0;
    std::uint32_t vanish = 0;
    std::uint32_t drip = 0;
    std::uint32_t extra_reply = 0;
    std::uint32_t slow_reply = 0;
};

// Draws the faults of a run.
//
// Thread safety:  none.
class FaultPlan {
public:
    FaultPlan(SeededRandom& random, FaultRates rates) noexcept : random_{random}, rates_{rates} {}

    [[nodiscard]] ConnectFault draw_connect() noexcept;
    // How long the other side takes to answer an attempt.
    [[nodiscard]] std::chrono::nanoseconds draw_connect_time() noexcept;
    [[nodiscard]] WireFaults draw_wire() noexcept;

    // Nothing that is drawn from now on goes wrong; what was drawn before stands.
    void calm() noexcept { rates_ = {}; }

private:
    SeededRandom& random_;
    FaultRates rates_;
};

}  // namespace cistern::simulation
