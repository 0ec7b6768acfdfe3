#include "backend/thread/backend_thread.hpp"

#include "backend/task/task_kinds.hpp"
#include "backend/thread/steady_clock.hpp"

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
    return start_shared_thread(name, [run = std::move(body)] {
        keep_thread_to_itself();
        run();
    });
}

std::thread start_shared_thread(const char* name, std::function<void()> body) {
    const SignalsBlocked blocked;
    return std::thread{[name, run = std::move(body)] {
        ::pthread_setname_np(::pthread_self(), name);
        run();
    }};
}

bool join_ended(std::thread& thread,
                const bool& has_ended,
                std::condition_variable& changed,
                std::unique_lock<std::mutex>& lock,
                Deadline deadline) {
    if (!thread.joinable()) {
        return true;
    }
    const auto ended = [&has_ended] { return has_ended; };
    if (deadline.is_never()) {
        changed.wait(lock, ended);
    } else if (!changed.wait_until(lock, steady_time(deadline), ended)) {
        return false;
    }
    auto owned = std::move(thread);
    lock.unlock();
    owned.join();
    return true;
}

}  // namespace cistern
