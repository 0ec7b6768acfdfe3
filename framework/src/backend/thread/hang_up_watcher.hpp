#pragma once

#include "backend/backend.hpp"

#include <memory>

namespace cistern {

// Learns from the kernel which peers have hung up: one epoll descriptor and one thread for any
// number of sockets. A socket is added once and removed once; what is sent and received on it in
// between costs nothing and wakes nobody. The thread starts with the first socket.
//
// Thread safety:  every member may be called by any number of threads at once.
// Ownership:      as WorkerPool; a watch may outlive this object.
class HangUpWatcher {
public:
    HangUpWatcher();
    HangUpWatcher(const HangUpWatcher&) = delete;
    HangUpWatcher& operator=(const HangUpWatcher&) = delete;
    // Waits for nobody.
    ~HangUpWatcher();

    // As Backend::watch_hang_up().
    [[nodiscard]] std::unique_ptr<HangUpWatch> watch(
        int descriptor, std::weak_ptr<HangUpListener> listener) noexcept;
    // Tells nothing any more and waits for the listener that is being told, if any; false when the
    // deadline came first.
    bool stop(Deadline deadline);

    // In a child of fork(): forgets thread and sockets. Watches of before end without a word to the
    // kernel, whose list of sockets the parent still uses.
    void begin_anew_in_child();

private:
    struct State;
    class Watch;
    std::shared_ptr<State> state_;  // constant, save in a child of fork()
};

}  // namespace cistern
