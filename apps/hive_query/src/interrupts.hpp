#pragma once

#include "messages.hpp"

#include <cistern/hive/session.hpp>

#include <signal.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace hive_query {

// Ctrl-C: the first one cancels what is running on the server, and what is being sent to it as soon
// as it can be named; the second one leaves at once, and so does the first when there is nothing to
// cancel. A program that was started with the signal ignored goes on ignoring it.
//
// Thread safety:  every member may be called by any number of threads at once.
// Ownership:      made before any other thread, so that the signal reaches only this one.
// Waiting:        began() and the end of a Watch wait for a cancel that is under way.
class Interrupts {
public:
    explicit Interrupts(Messages& messages);
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;
    ~Interrupts();

    // True once there was a first Ctrl-C: nothing new should be started.
    [[nodiscard]] bool requested() const noexcept { return requested_.load(); }

    // From now on a Ctrl-C that has nothing to cancel is noted and leaves nothing: somebody is at a
    // prompt, or waits for the next run.
    void stay() noexcept { stays_ = true; }
    // Forgets the last Ctrl-C, so that the next one cancels again.
    void rearm();
    // Waits for `duration`, or until Ctrl-C.
    void pause(std::chrono::nanoseconds duration);

    // Lives from before a statement is sent until it is over, and no longer than its operation.
    class Watch {
    public:
        explicit Watch(Interrupts& interrupts);
        Watch(const Watch&) = delete;
        Watch& operator=(const Watch&) = delete;
        ~Watch();

        // From now on Ctrl-C cancels `operation`; one that came before cancels it here.
        void began(hive::Operation& operation);

    private:
        friend class Interrupts;
        void cancel();

        Interrupts& interrupts_;
        hive::Operation* operation_ = nullptr;  // guarded by the mutex of interrupts_
        bool is_cancelled_ = false;             // as well
    };

private:
    void listen(const std::stop_token& stop);
    void on_signal();
    // What a Ctrl-C comes to.
    enum class Turn { kCancel, kStay, kLeave };
    [[nodiscard]] Turn turn();
    void cancel_all();

    Messages& messages_;
    sigset_t mask_before_{};
    int signals_ = -1;
    int wake_ = -1;  // ends the listener
    std::atomic<bool> requested_{false};
    std::atomic<bool> is_cancelling_{false};
    std::atomic<bool> stays_{false};
    std::condition_variable changed_;
    std::mutex mutex_;
    std::vector<Watch*> running_;  // guarded by mutex_
    std::jthread canceller_;
    std::jthread listener_;
};

}  // namespace hive_query
