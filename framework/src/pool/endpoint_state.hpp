#pragma once

#include "core/endpoint_gate.hpp"
#include "pool/fork_hold.hpp"

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace cistern {

// Told that an endpoint which had turned somebody away may let him in now.
class EndpointListener {
public:
    EndpointListener() = default;
    EndpointListener(const EndpointListener&) = delete;
    EndpointListener& operator=(const EndpointListener&) = delete;
    virtual ~EndpointListener() = default;

    virtual void on_endpoint_free() noexcept = 0;
};

// The count of opens under way and the back-off of one endpoint, shared by every pool whose
// connector names it. Each pool brings its own options.
//
// Thread safety:  every member may be called by any number of tasks at once.
// Lock order:     a pool's lock may be held while calling anything but tell_turned_away(); this
// one's
//                 is a leaf.
// Errors:         only join() throws.
class EndpointState {
public:
    // Who joined, for try_enter().
    using Member = std::size_t;

    [[nodiscard]] Member join(std::weak_ptr<EndpointListener> listener);

    // When it is not admitted, `member` is told once somebody leaves.
    [[nodiscard]] core::EndpointGate::Answer try_enter(Member member,
                                                       std::uint32_t max_connecting,
                                                       core::Instant now) noexcept;

    // Each admission ends with one of these, followed by tell_turned_away().
    void leave_opened() noexcept;
    void leave_untried() noexcept;
    void leave_failed(std::uint64_t ticket,
                      const RetryOptions& options,
                      core::Instant now,
                      double random) noexcept;
    // The endpoint may be tried at once, whatever happened.
    void forget_failures() noexcept;
    // As EndpointGate's; no admission ends.
    void hung_up_unused(const RetryOptions& options,
                        core::Instant born,
                        core::Instant now,
                        double random) noexcept;
    // Calls those who were turned away, in turn, so that no pool keeps the endpoint to itself.
    void tell_turned_away() noexcept;

    // For fork(), each once for each member: before it, and then one of the others. In the child
    // nothing is under way and nothing has failed.
    void hold_for_fork() noexcept { fork_hold_.take(mutex_); }
    void let_go_in_parent() noexcept { fork_hold_.let_go(mutex_); }
    void begin_anew_in_child() noexcept;

private:
    struct Entry {
        std::weak_ptr<EndpointListener> listener;
        bool was_turned_away = false;
    };
    std::shared_ptr<EndpointListener> take_next(std::size_t& seen) noexcept;

    ForkHold fork_hold_;
    std::mutex mutex_;
    // -- Guarded by mutex_ ------------------------------------------------------------------------
    core::EndpointGate gate_;
    std::vector<Entry> members_;
    std::size_t next_ = 0;  // the member to be told first
};

}  // namespace cistern
