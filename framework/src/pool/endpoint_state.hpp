#pragma once

#include "core/endpoint_gate.hpp"
#include "pool/connect_failure.hpp"
#include "pool/fork_hold.hpp"

#include <cistern/pool_stats.hpp>

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
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
//                 one's is a leaf.
// Errors:         only join() and circuit() throw.
class EndpointState {
public:
    using Failure = std::shared_ptr<const ConnectFailureFacts>;
    // What the circuit is after an event that has changed it.
    using Change = std::optional<core::CircuitView>;

    // `name` is what connectors call it; empty: it belongs to one pool.
    explicit EndpointState(std::string name = {}) : name_{std::move(name)} {}

    // Who joined, for try_enter().
    using Member = std::size_t;

    [[nodiscard]] Member join(std::weak_ptr<EndpointListener> listener);
    void leave(Member member) noexcept;

    // When it is not admitted, `member` is told once somebody leaves.
    [[nodiscard]] core::EndpointGate::Answer try_enter(Member member,
                                                       std::uint32_t max_connecting,
                                                       core::Instant now) noexcept;

    // Each admission ends with one of these, followed by tell_turned_away().
    Change leave_opened() noexcept;
    void leave_untried() noexcept;
    Change leave_failed(std::uint64_t ticket,
                        Failure failure,
                        const RetryOptions& options,
                        core::Instant now,
                        double random) noexcept;
    // The endpoint may be tried at once, whatever happened.
    Change forget_failures() noexcept;
    // As EndpointGate's; no admission ends.
    Change hung_up_unused(Failure failure,
                          const RetryOptions& options,
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

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] Circuit circuit(core::Instant now) const;
    [[nodiscard]] std::uint32_t failures() const noexcept;  // in a row
    // When it may be asked again; `now` when it may now.
    [[nodiscard]] core::Instant admits_at(core::Instant now) const noexcept;
    // The last connect error of any pool's; null when there was none.
    [[nodiscard]] Failure last_failure() const noexcept;

private:
    struct Entry {
        std::weak_ptr<EndpointListener> listener;
        bool was_turned_away = false;
        bool is_member = true;
    };
    std::shared_ptr<EndpointListener> take_next(std::size_t& seen) noexcept;

    const std::string name_;

    ForkHold fork_hold_;
    mutable std::mutex mutex_;
    // -- Guarded by mutex_ ------------------------------------------------------------------------
    core::EndpointGate gate_;
    Failure last_failure_;
    core::Instant failed_at_{};
    std::vector<Entry> members_;
    std::size_t next_ = 0;  // the member to be told first
};

}  // namespace cistern
