#include <cistern/deadline.hpp>

#include <algorithm>

namespace cistern {

using std::chrono::nanoseconds;

Clock::~Clock() = default;

Deadline Clock::deadline_after(Timeout timeout) const noexcept {
    const nanoseconds current = now();
    if (timeout > nanoseconds::zero() && timeout >= nanoseconds::max() - current) {
        return Deadline::never();
    }
    return Deadline{current + std::max(timeout, nanoseconds::zero())};
}

nanoseconds Clock::left(Deadline deadline) const noexcept {
    if (deadline.is_never()) {
        return nanoseconds::max();
    }
    const nanoseconds current = now();
    const nanoseconds at = deadline.since_clock_epoch();
    return at > current ? at - current : nanoseconds::zero();
}

bool Clock::has_passed(Deadline deadline) const noexcept {
    return left(deadline) == nanoseconds::zero();
}

}  // namespace cistern
