#include "backend/thread/thread_parker.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

namespace cistern {
namespace {

constexpr std::uint32_t kEmpty = 0;
constexpr std::uint32_t kPermit = 1;
constexpr std::uint32_t kParked = 2;

static_assert(sizeof(std::atomic<std::uint32_t>) == sizeof(std::uint32_t),
              "the kernel looks at the word itself");

// False when the deadline, which is on CLOCK_MONOTONIC as std::steady_clock is, has passed. Comes
// back early for signals and for nothing: the caller looks again.
bool wait_while_parked(std::atomic<std::uint32_t>& state, Deadline deadline) {
    // The kernel refuses a time before its clock began.
    const auto at = std::max(deadline.since_clock_epoch(), std::chrono::nanoseconds::zero());
    const auto whole = std::chrono::duration_cast<std::chrono::seconds>(at);
    const timespec until{.tv_sec = whole.count(), .tv_nsec = (at - whole).count()};
    // The variant with a bit set takes an absolute time.
    const auto waited = ::syscall(SYS_futex,
                                  &state,
                                  FUTEX_WAIT_BITSET_PRIVATE,
                                  kParked,
                                  deadline.is_never() ? nullptr : &until,
                                  nullptr,
                                  FUTEX_BITSET_MATCH_ANY);
    return waited == 0 || errno != ETIMEDOUT;
}

}  // namespace

bool ThreadParker::park_until(Deadline deadline) {
    auto expected = kPermit;
    if (state_.compare_exchange_strong(expected, kEmpty, std::memory_order_acquire)) {
        return true;
    }
    // Between here and there a permit may have come; then it stays and the wait ends at once.
    expected = kEmpty;
    state_.compare_exchange_strong(expected, kParked, std::memory_order_relaxed);
    while (state_.load(std::memory_order_relaxed) == kParked &&
           wait_while_parked(state_, deadline)) {
    }
    return state_.exchange(kEmpty, std::memory_order_acquire) == kPermit;
}

void ThreadParker::unpark() noexcept {
    if (state_.exchange(kPermit, std::memory_order_release) == kParked) {
        ::syscall(SYS_futex, &state_, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
    }
}

std::shared_ptr<Parker> parker_of_this_thread() {
    // A pool may be closed by a static object's destructor, when this thread's own are gone
    // already.
    constinit thread_local bool is_gone = false;
    struct Keeper {
        Keeper() = default;
        Keeper(const Keeper&) = delete;
        Keeper& operator=(const Keeper&) = delete;
        ~Keeper() { is_gone = true; }
        std::shared_ptr<ThreadParker> parker = std::make_shared<ThreadParker>();
    };
    if (is_gone) {
        return std::make_shared<ThreadParker>();
    }
    thread_local const Keeper keeper;
    return keeper.parker;
}

}  // namespace cistern
