#include "backend/thread/backend_thread.hpp"

#include <pthread.h>
#include <signal.h>

#include <utility>

namespace cistern {
namespace {

// A new thread inherits the mask of the one that starts it.
class SignalsBlocked {
public:
    SignalsBlocked() noexcept {
        sigset_t blocked;
        ::sigfillset(&blocked);
        // What a thread causes itself, and what profilers send to all threads.
        for (const int kept :
             {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS, SIGPROF}) {
            ::sigdelset(&blocked, kept);
        }
        ::pthread_sigmask(SIG_SETMASK, &blocked, &before_);
    }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;
    ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
    sigset_t before_{};
};

}  // namespace

std::thread start_thread(const char* name, std::function<void()> body) {
    const SignalsBlocked blocked;
    return std::thread{[name, run = std::move(body)] {
        ::pthread_setname_np(::pthread_self(), name);
        run();
    }};
}

}  // namespace cistern
