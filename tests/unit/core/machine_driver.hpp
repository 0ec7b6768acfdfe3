#pragma once

// Plays the pool's part for a machine: takes the actions out, keeps the tasks for the test to
// finish as it likes, and checks after every event what the machine's header promises.

#include "core/endpoint_gate.hpp"
#include "core/pool_machine.hpp"

#include <chrono>
#include <deque>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace cistern::test {

using namespace std::chrono_literals;
using core::Instant;
using core::Outcome;
using core::Patience;
using core::PoolMachine;
using core::Return;
using core::Slot;
using core::Waiter;
using State = core::ConnectionState;

class MachineDriver {
public:
    // Options with which nothing happens by itself.
    static PoolOptions quiet(std::uint32_t max_size = 2) {
        PoolOptions options;
        options.max_size = max_size;
        options.max_connecting = 100;
        options.max_lifetime = 0s;
        options.idle_timeout = 0s;
        options.validate_after_idle = 1h;
        return options;
    }

    explicit MachineDriver(const PoolOptions& options) : machine{options} { settle(); }

    // -- Events -----------------------------------------------------------------------------------
    Waiter& acquire(Patience patience = Patience::kQueue, Priority priority = Priority::kNormal) {
        waiters.push_back(std::make_unique<Waiter>());
        waiters.back()->since = now;
        waiters.back()->priority = priority;
        ask(*waiters.back(), patience);
        return *waiters.back();
    }
    void ask(Waiter& waiter, Patience patience = Patience::kQueue) {
        machine.acquire(waiter, patience, now, actions_);
        settle();
    }
    Waiter& acquire(Priority priority) { return acquire(Patience::kQueue, priority); }
    // A caller who does not wait for longer than this.
    Waiter& acquire_within(Instant timeout,
                           Priority priority = Priority::kNormal,
                           std::uint32_t lent_by_others = 0) {
        waiters.push_back(std::make_unique<Waiter>());
        auto& waiter = *waiters.back();
        waiter.since = now;
        waiter.deadline = now + timeout;
        waiter.priority = priority;
        machine.acquire(waiter, Patience::kQueue, now, actions_);
        machine.refuse_hopeless(waiter, lent_by_others, now);
        settle();
        return waiter;
    }
    void look_again(Waiter& waiter) {
        machine.look_again(waiter, now, actions_);
        settle();
    }
    void give_up(Waiter& waiter, bool timed_out = true) {
        machine.give_up(waiter, timed_out, now, actions_);
        settle();
    }
    bool release(Slot& slot, Return how = Return::kClean) {
        const bool was_lent = machine.released(slot, how, now, actions_);
        settle();
        return was_lent;
    }
    bool release(Waiter& waiter, Return how = Return::kClean) { return release(*waiter.slot, how); }
    void take_back(Waiter& waiter, bool is_dead) {
        machine.taken_back(*waiter.slot, is_dead, now, actions_);
        settle(!is_dead);  // else it is not over before the caller asks again
    }
    Slot& opened(double random = 0.0) {
        Slot& slot = take(opening);
        gate.leave_opened();
        machine.opened(slot, random, now, actions_);
        settle();
        return slot;
    }
    void open_failed(bool is_final = false) {
        Slot& slot = take(opening);
        has_failed_ = true;
        gate.leave_failed(slot.ticket, machine.options().retry, now, 0.5);
        machine.open_failed(
            slot, std::make_exception_ptr(std::runtime_error{"refused"}), is_final, now, actions_);
        settle();
    }
    void refuse_unserved() {
        machine.refuse_unserved(std::make_exception_ptr(std::runtime_error{"down"}), now, actions_);
        settle();
    }
    Slot& validated(bool works = true) {
        Slot& slot = take(validating);
        machine.validated(slot, works, now, actions_);
        settle();
        return slot;
    }
    void was_reset(bool works = true) {
        machine.was_reset(take(resetting), works, now, actions_);
        settle();
    }
    void closed() {
        machine.closed(take(closing));
        settle();
    }
    void hung_up(Slot& slot) {
        machine.hung_up(slot, actions_);
        settle();
    }
    void tick() {
        machine.tick(now, actions_);
        settle();
    }
    void pass(Instant span) {
        now += span;
        settle();
    }
    void pause() {
        machine.pause(now);
        settle();
    }
    void resume() {
        machine.resume(now, actions_);
        settle();
    }
    void close() {
        machine.close(now, actions_);
        settle();
    }
    void flush() {
        machine.flush(true, now, actions_);
        settle();
    }
    void retire_credentials(std::uint64_t oldest) {
        machine.retire_credentials(oldest, now, actions_);
        settle();
    }
    void resize(std::uint32_t max_size, std::uint32_t min_idle = 0) {
        machine.make_room(max_size);
        machine.resize(max_size, min_idle, now, actions_);
        settle();
    }

    // A pool with `count` idle connections, each opened a millisecond after the one before.
    void fill(std::uint32_t count) {
        std::vector<Waiter*> users;
        for (std::uint32_t i = 0; i < count; ++i) {
            users.push_back(&acquire());
            opened();
            pass(1ms);
        }
        for (auto* user : users) {
            release(*user);
            pass(1ms);
        }
    }

    // -- What came of them ------------------------------------------------------------------------
    [[nodiscard]] std::uint32_t count(State state) const { return machine.count(state); }
    // What is wrong with the machine's promises; empty when nothing is.
    [[nodiscard]] std::string broken_promise() const {
        const auto stats = machine.stats();
        if (stats.idle + stats.lent + stats.connecting + stats.validating + stats.closing !=
            stats.total) {
            return "the counts do not add up to the total";
        }
        if (stats.total > cap) {
            return "more places are taken than max_size allows";
        }
        if (stats.acquired != stats.released + stats.lent) {
            return "leases do not add up";
        }
        if (stats.opened !=
            stats.closed + stats.idle + stats.lent + stats.validating + stats.closing) {
            return "a connection was opened that is nowhere, or closed twice";
        }
        const bool is_bypassing = machine.options().bypass_window > 0ns;
        if (!is_bypassing && stats.idle > 0 && stats.waiting - stats.held_back > stats.validating) {
            return "somebody waits while a connection is idle";
        }
        if (wants_more_ && !is_backing_off_ &&
            gate.connecting() < (has_failed_ ? 1 : machine.options().max_connecting)) {
            return "somebody waits while there is room, and nothing is opened";
        }
        return {};
    }

    PoolMachine machine;
    core::EndpointGate gate;
    Instant now = 1h;
    std::uint32_t cap = machine.options().max_size;
    std::vector<std::unique_ptr<Waiter>> waiters;
    std::deque<Slot*> opening, validating, resetting, closing;
    std::vector<Waiter*> woken;  // in the order they were
    std::vector<Waiter*> nudged;
    std::vector<core::HeldLease> leaks;
    std::vector<SizeProposal> proposals;

private:
    static Slot& take(std::deque<Slot*>& tasks) {
        if (tasks.empty()) {
            throw std::logic_error{"there is no such task to finish"};
        }
        Slot& slot = *tasks.front();
        tasks.pop_front();
        return slot;
    }
    void settle(bool is_over = true) {
        wants_more_ = false;
        is_backing_off_ = false;
        while (machine.opens_wanted() > 0) {
            const auto answer = gate.try_enter(machine.options().max_connecting, now);
            if (!answer.admitted) {
                wants_more_ = true;
                is_backing_off_ = gate.failures() > 0;
                break;
            }
            machine.start_open({.answer = answer}, actions_);
        }
        while (auto* const waiter = actions_.woken.pop_front()) {
            woken.push_back(waiter);
        }
        while (auto* const slot = actions_.tasks.pop_front()) {
            sort(*slot);
        }
        if (actions_.nudged != nullptr) {
            nudged.push_back(actions_.nudged);
            actions_.nudged = nullptr;
        }
        if (actions_.proposal) {
            proposals.push_back(*std::exchange(actions_.proposal, std::nullopt));
        }
        leaks.insert(leaks.end(), actions_.leaks.begin(), actions_.leaks.end());
        actions_.leaks.clear();
        if (const auto broken = broken_promise(); is_over && !broken.empty()) {
            throw std::logic_error{broken};
        }
    }
    void sort(Slot& slot) {
        switch (slot.state) {
            case State::kConnecting:
                return opening.push_back(&slot);
            case State::kValidating:
                return validating.push_back(&slot);
            case State::kResetting:
                return resetting.push_back(&slot);
            case State::kClosing:
                return closing.push_back(&slot);
            case State::kEmpty:
            case State::kIdle:
            case State::kInLane:
            case State::kLent:
                throw std::logic_error{"there is nothing to do for a slot in this state"};
        }
    }

    core::Actions actions_;
    bool wants_more_ = false;
    bool has_failed_ = false;  // so there is a slow start
    bool is_backing_off_ = false;
};

}  // namespace cistern::test
