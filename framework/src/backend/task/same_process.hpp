#pragma once

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace cistern {

// A fork() copies fibers and tasks that wait on the thread that forks. What they wait for knows
// nothing of the copies, so they cannot go on: better an end that says why.
class SameProcess {
public:
    void or_end() const noexcept {
        if (::getpid() != process_) {
            std::fputs(
                "cistern: a fiber or task that waited for a pool or a server during a fork() "
                "cannot "
                "go on in the child\n",
                stderr);
            std::abort();
        }
    }

private:
    const pid_t process_ = ::getpid();
};

}  // namespace cistern
