#include "backend/simulation/fault_plan.hpp"

namespace cistern::simulation {

using namespace std::chrono_literals;

ConnectFault FaultPlan::draw_connect() noexcept {
    if (random_.percent(rates_.refuse)) {
        return ConnectFault::kRefuse;
    }
    return random_.percent(rates_.black_hole) ? ConnectFault::kBlackHole : ConnectFault::kNone;
}

std::chrono::nanoseconds FaultPlan::draw_connect_time() noexcept {
    const auto usual = random_.between(50us, 500us);
    return random_.percent(rates_.slow_connect) ? usual + random_.between(1ms, 400ms) : usual;
}

WireFaults FaultPlan::draw_wire() noexcept {
    // Most conversations are short: a fault that is to be met must come early.
    constexpr std::uint32_t kLastByte = 120;
    const auto some_byte = [&] { return std::uint64_t{random_.between(0, kLastByte)}; };

    WireFaults faults{.latency = random_.between(20us, 300us)};
    if (random_.percent(rates_.drip)) {
        faults.drip = random_.between(1ms, 40ms);
    }
    if (random_.percent(rates_.reset)) {
        faults.reset_at = some_byte();
    }
    if (random_.percent(rates_.close)) {
        faults.close_at = some_byte();
    }
    if (random_.percent(rates_.vanish)) {
        faults.vanish_at = some_byte();
    }
    if (random_.percent(rates_.extra_reply)) {
        faults.extra_reply_percent = 20;
    }
    if (random_.percent(rates_.slow_reply)) {
        faults.slow_reply_percent = 25;
        faults.longest_reply = 300ms;
    }
    return faults;
}

}  // namespace cistern::simulation
