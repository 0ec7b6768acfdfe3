#include "backend/fiber/fiber_parker.hpp"

#include "backend/task/same_process.hpp"
#include "backend/thread/steady_clock.hpp"

#include <boost/fiber/operations.hpp>

#include <cxxabi.h>

#include <cstring>
#include <utility>

namespace cistern {
namespace {

// What the C++ runtime keeps per thread: the exceptions that were caught and how many are in
// flight. The layout is fixed by the Itanium C++ ABI.
struct ExceptionState {
    void* caught = nullptr;
    unsigned int uncaught = 0;
};

// Not inlined: the compiler takes the address for the same after a wait, and a fiber may go on in
// another thread.
[[gnu::noinline]] ExceptionState exchange_exceptions(ExceptionState other) noexcept {
    ExceptionState current;
    auto* const globals = abi::__cxa_get_globals();
    std::memcpy(static_cast<void*>(&current), globals, sizeof current);
    std::memcpy(static_cast<void*>(globals), &other, sizeof other);
    return current;
}

// Boost 1.74 does not keep the exceptions of fibers apart; so each takes its own with it.
class ExceptionsTakenAlong {
public:
    ExceptionsTakenAlong() noexcept : own_{exchange_exceptions({})} {}
    ExceptionsTakenAlong(const ExceptionsTakenAlong&) = delete;
    ExceptionsTakenAlong& operator=(const ExceptionsTakenAlong&) = delete;
    ~ExceptionsTakenAlong() { exchange_exceptions(own_); }

private:
    const ExceptionState own_;
};

}  // namespace

bool FiberParker::park_until(Deadline deadline) {
    const ExceptionsTakenAlong exceptions;
    const SameProcess process;
    std::unique_lock lock{mutex_};
    bool is_late = false;
    while (!has_permit_ && !is_late) {
        if (deadline.is_never()) {
            changed_.wait(lock);
        } else {
            is_late = changed_.wait_until(lock, steady_time(deadline)) ==
                      boost::fibers::cv_status::timeout;
        }
    }
    process.or_end();
    return std::exchange(has_permit_, false);
}

void FiberParker::unpark() noexcept {
    const std::lock_guard lock{mutex_};
    has_permit_ = true;
    changed_.notify_one();
}

}  // namespace cistern
