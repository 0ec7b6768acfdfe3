#pragma once

#include "backend/backend.hpp"

namespace cistern {

// Has a listener take part in every fork() of the process for as long as it lives.
//
// What a child of fork() finds. It has one thread, the one that called fork(), and a copy of memory
// as all the others left it: in the middle of whatever they did, with the locks that they held, and
// nobody will ever finish it or let them go. So each thing that other threads work on is one of:
//
//   held       A pool takes its locks before the fork and lets go of them afterwards, on both
//              sides: so its rules are whole in the child. (PoolImpl; see pool_fork.cpp)
//   replaced   What threads share with the backend's own threads (queues, timers, watched sockets)
//              is not looked at: the child makes a new one and keeps the old one untouched until it
//              ends, locks, tasks and handles of threads included. (WorkerPool::State and its kin)
//   kept       Connections and their streams, which somebody may have been using: no destructor of
//              theirs runs in the child, so no plugin says anything to a server there. Their
//              descriptors are closed by number. (ProcessDescriptors)
//   atomic     Words that threads exchange without a lock. In the child nobody exchanges them any
//              more; the pool's lane begins anew with connections of its own. (ExpressLane)
//
// Why it cannot hang. Before a fork these are locked: this file's mutex; then the listeners' locks,
// stage by stage (ForkListener::Stage); then that of ProcessDescriptors.
//   - The first one is held while a listener registers or leaves, when nothing else is waited for.
//     It also lets one fork at a time through.
//   - Others that hold a listener's lock wait for locks of a later stage only: under a pool's own
//     lock it may ask the endpoint, the capacity and the circles that it shares with other pools;
//     under these, and under a keyed pool's, nothing is waited for. Nothing of another pool is
//     called under a pool's lock, nor any code of a plugin, an observer or the application. So
//     while the thread that forks waits for a lock of one stage, whoever has it waits for nothing
//     that this thread holds.
//   - The last one is a leaf: under it descriptors are opened and closed, and nothing else.
//   - malloc may be called under any of them. The C library takes its locks after all of this, and
//     in the child they are free again before the listeners are called.
//
// What is left to the application: fork() in a signal handler may interrupt a thread that holds one
// of these locks, and never comes back. A child that was forked by one of the backend's own threads
// (by an observer or a plugin, say) may exec or _exit, and nothing else: it has no other thread to
// return to.
//
// Processes that are started by posix_spawn(), system() or popen() know nothing of all this: the C
// library calls no handlers for them, and all descriptors are closed on exec.
//
// Thread safety:  may be made and destroyed by any number of threads at once, but not by a
//                 listener that is being told of a fork.
// Errors:         std::system_error where the C library has no memory for its handlers.
class ForkRegistration final : public ForkWatch {
public:
    explicit ForkRegistration(ForkListener& listener);
    ~ForkRegistration() override;

    [[nodiscard]] ForkListener& listener() const noexcept { return listener_; }
    [[nodiscard]] ForkRegistration* next() const noexcept { return next_; }

private:
    ForkListener& listener_;
    // -- Guarded by the file's mutex --------------------------------------------------------------
    ForkRegistration* previous_ = nullptr;
    ForkRegistration* next_ = nullptr;
};

}  // namespace cistern
