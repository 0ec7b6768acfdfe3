#pragma once

#include "messages.hpp"

#include <cistern/hive/session.hpp>

#include <signal.h>

#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

namespace hive_query {

// Ctrl-C: the first one cancels what is running on the server, the second one leaves at once; so
// does the first when nothing is running. A program that was started with the signal ignored goes
// on ignoring it.
//
// Thread safety:  every member may be called by any number of threads at once.
// Ownership:      made before any other thread, so that the signal reaches only this one.
// Waiting:        the end of a Watch waits for a cancel that is under way.
class Interrupts {
public:
    explicit Interrupts(Messages& messages);
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;
    ~Interrupts();

    // True once there was a first Ctrl-C: nothing new should be started.
    [[nodiscard]] bool requested() const noexcept { return requested_.load(); }

    // While it lives, the operation is one of those that Ctrl-C cancels.
    class Watch {
    public:
        Watch(Interrupts& interrupts, hive::Operation& operation);
        Watch(const Watch&) = delete;
        Watch& operator=(const Watch&) = delete;
        ~Watch();

    private:
        Interrupts& interrupts_;
        hive::Operation& operation_;
    };

private:
    void listen(const std::stop_token& stop);
    void on_signal();
    void cancel_all();

    Messages& messages_;
    sigset_t mask_before_{};
    int signals_ = -1;
    int wake_ = -1;  // ends the listener
    std::atomic<bool> requested_{false};
    std::mutex mutex_;
    std::vector<hive::Operation*> running_;  // guarded by mutex_
    std::jthread canceller_;
    std::jthread listener_;
};

}  // namespace hive_query
