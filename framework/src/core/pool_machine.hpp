#pragma once

#include "core/actions.hpp"
#include "core/controlled_delay.hpp"
#include "core/due_heap.hpp"
#include "core/endpoint_choice.hpp"
#include "core/failure_tally.hpp"
#include "core/hand_offs.hpp"
#include "core/histogram.hpp"
#include "core/idle_list.hpp"
#include "core/instant.hpp"
#include "core/size_controller.hpp"
#include "core/slot.hpp"
#include "core/wait_graph.hpp"
#include "core/wait_queue.hpp"

#include <cistern/pool_options.hpp>
#include <cistern/pool_stats.hpp>

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace cistern::core {

// How far an acquire goes.
enum class Patience : std::uint8_t {
    kProven,  // takes an idle connection that the server need not be asked about, or nothing
    kNone,    // takes any idle connection, or nothing
    kQueue,   // takes a proven one, or queues
};

// How a lease ended, as far as whoever looked at the connection can tell.
enum class Return : std::uint8_t {
    kClean,
    kNeedsReset,
    kBroken,     // broken, or with something unread or owed on its stream
    kDiscarded,  // the user's decision, or an exception's
    kYielded,    // its place is another pool's now
};

// The pool's rules as a state machine: events go in, actions come out. It knows no clock, lock,
// thread, socket, plugin or chance; the time and every random number are passed in. What it decides
// is therefore a function of its events alone, and can be tested one by one.
//
// A place (Slot) is in one state at a time; may_become() lists the steps. An action on a slot is
// answered by exactly one event on it, and until then nobody else changes the slot:
//
//     connecting -> opened | open_failed        validating -> validated
//     lent       -> released | taken_back       resetting  -> was_reset       closing -> closed
//
// A slot in the express lane is lent and comes back there without an event, until left_lane() tells
// how it was found. While may_use_lane() says no, the caller keeps the lane empty.
//
// What holds after every event:
//   cap       idle + lent + connecting + validating + resetting + closing <= max_size, save while a
//             smaller max_size waits for what is lent.
//   order     whoever waits is served before whoever comes later and is not more urgent (with
//             bypass_window = 0); after WaitQueue::kMostPassed others also before who is.
//   reserve   of max_size, as many connections as are reserved are not lent to less urgent callers.
//   one end   a waiter's outcome leaves kPending once. Granting and giving up are both events, so
//             one of them comes first: a connection cannot go to somebody who has left.
//   no lost wake-up   while somebody waits whom no reserve holds back, an idle connection exists
//   only if as many are being
//             validated or reset as there are waiters, or if the first has been nudged. Everything
//             that frees a connection or a place ends in offer() or in opens_wanted(), whatever
//             freed it: a broken connection's end serves a waiter just as a clean return does.
//
// Opening is the one thing it does not start by itself, because the endpoint may be shared with
// other pools: after each event the caller starts as many as opens_wanted() says and the endpoint
// admits.
//
// Thread safety:  none; the pool's lock covers it.
// Errors:         events do not throw, save tick() for want of memory.
class PoolMachine {
public:
    // `random` in [0, 1) is EndpointChoice's.
    // REQUIRES: check_options(options) finds nothing
    explicit PoolMachine(const PoolOptions& options, bool has_lane = false, double random = 0.0);

    // -- Callers ----------------------------------------------------------------------------------

    // Afterwards the outcome is kGranted, kRejected, kClosed, or kPending; pending means queued
    // under kQueue, and otherwise that there was nothing to take.
    void acquire(Waiter& waiter, Patience patience, Instant now, Actions& actions) noexcept;
    // With reject_hopeless, a caller that has just queued leaves again if its deadline is too near.
    // To be called when all that may serve it at once has been looked at. `lent_by_others`: places
    // of max_size that other pools have lent, with which it is shared.
    void refuse_hopeless(Waiter& waiter, std::uint32_t lent_by_others, Instant now) noexcept;
    // A nudged waiter looks for what is idle. Does nothing when its outcome is known.
    void look_again(Waiter& waiter, Instant now, Actions& actions) noexcept;
    // The caller leaves with nothing: its deadline passed (`timed_out`) or it was cancelled. Does
    // nothing when its outcome is known: then that counts, and what it was granted must go back.
    void give_up(Waiter& waiter, bool timed_out, Instant now, Actions& actions) noexcept;

    // A lease has ended. False when the slot is not lent.
    bool released(Slot& slot, Return how, Instant now, Actions& actions) noexcept;
    // A grant that never became a lease, and does not count as one: a cancelled caller gives it
    // back, or it was found dead on the way. Then the caller asks again next, before anybody else
    // is served, or gives up.
    void taken_back(Slot& slot, bool is_dead, Instant now, Actions& actions) noexcept;

    // -- The express lane -------------------------------------------------------------------------

    // Whether connections may change hands without an event: while nobody waits, or the oldest
    // waiter has been nudged and may still be passed over.
    [[nodiscard]] bool may_use_lane(Instant now) noexcept;
    // Null when the lane is empty.
    [[nodiscard]] Slot* first_in_lane() const noexcept { return in_lane_.front(); }
    [[nodiscard]] Slot* next_in_lane(const Slot& slot) const noexcept { return slot.hook.next; }
    // It was taken out of the lane: idle, or lent since `lent_at` at the latest.
    void left_lane(
        Slot& slot, bool is_lent, Instant lent_at, Instant now, Actions& actions) noexcept;

    // -- Tasks ------------------------------------------------------------------------------------

    [[nodiscard]] std::uint32_t opens_wanted() const noexcept;
    // Asks the endpoints in turn; see EndpointChoice. What it admits is to be started or let go of.
    template <class TryEnter>
    [[nodiscard]] Admission enter_endpoint(TryEnter&& try_enter) {
        return choice_.enter(open_at_, try_enter);
    }
    // With failback_after an earlier endpoint than the one in use is tried though nobody wants a
    // connection, one open at a time, as far as there is room.
    [[nodiscard]] bool wants_failback() const noexcept;
    template <class TryEnter>
    [[nodiscard]] Admission enter_earlier_endpoint(TryEnter&& try_enter) {
        auto admission = choice_.enter(open_at_, try_enter, works_);
        admission.is_extra = true;
        return admission;
    }
    // Where there are several endpoints nobody counts on the probe of one that had failed: another
    // connection is opened for whoever waits, as far as there is room.
    // REQUIRES: opens_wanted() has said more than 0, and no event came in between; or total() is
    // less than max_size
    Slot& start_open(const Admission& where, Actions& actions) noexcept;
    void opened(Slot& slot, double random, Instant now, Actions& actions) noexcept;
    // An error that trying again cannot help (`is_final`) is told to everybody who waits, once
    // there is no endpoint left for which that is not known. `error` is what they are told.
    void open_failed(Slot& slot,
                     const std::exception_ptr& error,
                     bool is_final,
                     Instant now,
                     Actions& actions) noexcept;
    // Tells those who wait and for whom no connection is coming, the newest first.
    [[nodiscard]] std::uint32_t unserved() const noexcept;
    void refuse_unserved(const std::exception_ptr& error, Instant now, Actions& actions) noexcept;
    void validated(Slot& slot, bool works, Instant now, Actions& actions) noexcept;
    void was_reset(Slot& slot, bool works, Instant now, Actions& actions) noexcept;
    // How long a connect or a validation took that succeeded.
    void connect_took(Instant span) noexcept { times_.connect.record(span); }
    void validation_took(Instant span) noexcept { times_.validation.record(span); }
    void closed(Slot& slot) noexcept;
    // The peer has hung up: what is idle is closed, everything else is closed instead of being lent
    // again. A slot in the lane is then to be taken out of it.
    void hung_up(Slot& slot, Actions& actions) noexcept;

    // -- Time -------------------------------------------------------------------------------------

    // Does what is due. Its cost follows what is due, not what is open.
    void tick(Instant now, Actions& actions);
    // When the next thing is due; never when nothing is.
    [[nodiscard]] Instant next_due() const noexcept;
    // What is due then is also the end of connections in the lane.
    [[nodiscard]] bool is_failback_due(Instant now) const noexcept { return failback_at_ <= now; }

    // -- Rule changes -----------------------------------------------------------------------------

    // Lends nothing any more: waiters are told, idle connections closed, others as they come back.
    void close(Instant now, Actions& actions) noexcept;
    // While paused nothing is lent or opened; whoever comes waits. Both are idempotent.
    void pause(Instant now) noexcept;
    void resume(Instant now, Actions& actions) noexcept;
    // Closes what is idle. With `lent_too`, connections of this moment are not lent again either: a
    // new generation begins. Of one endpoint, or of all.
    void flush(bool lent_too, Instant now, Actions& actions) noexcept;
    void flush(std::uint32_t endpoint, bool lent_too, Instant now, Actions& actions) noexcept;
    // Connections opened with credentials older than `oldest` are closed: what is idle now, what is
    // lent as it comes back.
    void retire_credentials(std::uint64_t oldest, Instant now, Actions& actions) noexcept;
    [[nodiscard]] std::uint64_t oldest_credentials() const noexcept { return oldest_credentials_; }
    // Makes places for a larger pool, which stay empty until resize(), which is to follow. Throws
    // std::bad_alloc; what was made until then stays.
    void make_room(std::uint32_t max_size);
    // Has the connection validated that has been idle for longest; false when none is idle.
    bool validate_longest_idle(Actions& actions) noexcept;
    // Closes `count` idle connections, or as many as there are, those idle for longest first.
    void give_up_idle(std::uint32_t count, Actions& actions) noexcept;
    // A smaller pool sheds what is idle now and what is lent as it comes back.
    // REQUIRES: there is room
    void resize(std::uint32_t max_size,
                std::uint32_t min_idle,
                Instant now,
                Actions& actions) noexcept;

    // In a child of fork(): forgets places, waiters and counters, and keeps to the same rules
    // (options, paused, closed). Gives back the places that it had, which have not moved.
    [[nodiscard]] std::deque<Slot> begin_anew();

    // -- Looking ----------------------------------------------------------------------------------

    [[nodiscard]] const PoolOptions& options() const noexcept { return options_; }
    [[nodiscard]] bool is_closed() const noexcept { return is_closed_; }
    [[nodiscard]] bool is_paused() const noexcept { return is_paused_; }
    // How many leases `task` has out. Constant time for each lease.
    [[nodiscard]] std::uint32_t leases_of(const void* task) const noexcept;
    // False when a connection that is not lent may serve this caller, or one that may be opened.
    [[nodiscard]] bool needs_a_lease_back(const Waiter& waiter) const noexcept;
    // Who holds what here, and who waits, for the graph over all pools. `places` stays as it is.
    void describe_waits(PoolWaits& waits) const;
    // The one with this number, if it still waits.
    [[nodiscard]] Waiter* find_waiter(std::uint64_t number) const noexcept;
    template <class Visit>
    void for_each_waiter(Visit visit) const {
        for (const auto priority : {Priority::kHigh, Priority::kNormal, Priority::kLow}) {
            for (Waiter* waiter = waiters_.first_of(priority); waiter != nullptr;
                 waiter = waiter->hook.next) {
                visit(*waiter);
            }
        }
    }
    template <class Visit>
    void for_each_lease(Visit visit) const {
        for (const Slot* slot = lent_.front(); slot != nullptr; slot = slot->hook.next) {
            visit(*slot);
        }
    }
    [[nodiscard]] std::uint32_t count(ConnectionState state) const noexcept {
        return counts_[static_cast<std::size_t>(state)];
    }
    [[nodiscard]] std::uint32_t total() const noexcept;
    [[nodiscard]] std::uint32_t endpoints() const noexcept { return choice_.count(); }
    [[nodiscard]] std::size_t waiting() const noexcept { return waiters_.size(); }
    // Since when the one is idle that has been for longest, the lane left out; never: none is.
    [[nodiscard]] Instant longest_idle() const noexcept {
        return idle_.empty() ? kNever : idle_.longest_idle()->idle_since;
    }
    // Places, taken or not.
    [[nodiscard]] std::size_t places() const noexcept { return slots_.size(); }
    // REQUIRES: index < places()
    [[nodiscard]] Slot& slot(std::uint32_t index) noexcept { return slots_[index]; }
    // Without what the machine is not told (last_connect_failure, retries, and of the endpoints all
    // but the counts), and without times().
    [[nodiscard]] PoolStats stats() const;
    [[nodiscard]] const PoolTimes& times() const noexcept { return times_; }
    // The leases that are out, the oldest first, `most` at most.
    [[nodiscard]] std::vector<HeldLease> holders(Instant now, std::size_t most) const;

private:
    void become(Slot& slot, ConnectionState next) noexcept;
    // Closes the idle ones of which `is_unwanted(slot)`.
    template <class Predicate>
    void close_idle_if(Predicate is_unwanted, CloseReason reason, Actions& actions) noexcept;
    void count_on(Slot& slot) noexcept;
    // Under kFailover: that connections are opened to another endpoint than before.
    void note_working(const Slot& slot, Instant now) noexcept;
    void fail_back(Instant now, Actions& actions) noexcept;
    // The one way in which a usable connection finds its next use.
    void offer(Slot& slot, bool is_trusted, Instant now, Actions& actions) noexcept;
    // Why a connection that works is not to be lent again; empty when it is.
    [[nodiscard]] std::optional<CloseReason> reason_to_close(const Slot& slot,
                                                             Instant now) const noexcept;
    void serve_waiters(Instant now, Actions& actions) noexcept;
    void hand_out_idle(Instant now, Actions& actions) noexcept;
    void shed_late(Instant now, Actions& actions) noexcept;
    void observe_queue(Instant now) noexcept;
    void lend(Slot& slot, Waiter& waiter, Instant now) noexcept;
    void note_lent(Slot& slot) noexcept;
    void grant_first(Slot& slot, Instant now, Actions& actions) noexcept;
    void settle(Waiter& waiter, Outcome outcome, Instant now) noexcept;
    void fail(Waiter& waiter,
              const std::exception_ptr& error,
              Instant now,
              Actions& actions) noexcept;
    bool may_pass_first(Instant now) noexcept;
    // The least urgent to whom the reserves let a connection be lent now.
    [[nodiscard]] Priority lowest_served() const noexcept;
    // How many more leases the reserves let callers of this priority have now.
    [[nodiscard]] std::uint32_t share_left(Priority priority) const noexcept;
    // Who gets the next connection; null when nobody waits or all are held back.
    [[nodiscard]] Waiter* first_waiting() const noexcept;
    // How many wait whom a reserve holds back.
    [[nodiscard]] std::uint32_t held_back() const noexcept;
    [[nodiscard]] std::uint32_t servable() const noexcept {
        return static_cast<std::uint32_t>(waiters_.size()) - held_back();
    }
    [[nodiscard]] std::uint32_t leases_to(Priority priority) const noexcept {
        return leases_to_[static_cast<std::size_t>(priority)];
    }
    [[nodiscard]] Slot* next_idle(Instant now, Actions& actions) noexcept;
    // One to another endpoint that may be lent at once; null when there is none.
    [[nodiscard]] Slot* idle_elsewhere(std::uint32_t endpoint, Instant now) const noexcept;
    void enter_idle(Slot& slot) noexcept;
    void leave_idle(Slot& slot) noexcept;
    void start_task(Slot& slot, ConnectionState state, Actions& actions) noexcept;
    void start_close(Slot& slot, CloseReason reason, Actions& actions) noexcept;
    void close_idle(Slot& slot, CloseReason reason, Actions& actions) noexcept;
    void validate_idle(Slot& slot, Actions& actions) noexcept;
    void count_closed(CloseReason reason) noexcept;
    void report_leaks(Instant now, Actions& actions);
    // (pool_machine_size.cpp)
    void note_waits(Instant now) noexcept;
    void note_used(const Slot& slot, Instant now) noexcept;
    void adapt_size(Instant now, Actions& actions) noexcept;
    [[nodiscard]] Instant adaptive_due() const noexcept;
    void set_size(std::uint32_t max_size, Instant now, Actions& actions) noexcept;
    [[nodiscard]] Instant idle_timeout_due() const noexcept;
    [[nodiscard]] Instant leak_due() const noexcept;
    void forget_lease(Slot& slot) noexcept;
    [[nodiscard]] std::uint32_t idle_in_lane() const noexcept;
    [[nodiscard]] std::uint32_t coming() const noexcept;

    PoolOptions options_;
    bool has_lane_ = false;
    bool is_closed_ = false;
    bool is_paused_ = false;
    EndpointChoice choice_;
    FailureTally failures_;
    std::vector<std::uint32_t> open_at_;      // by endpoint: those that are not being closed
    std::vector<std::uint64_t> generations_;  // by endpoint
    std::uint32_t extra_ = 0;                 // of those being opened
    // Of kFailover with failback_after:
    std::uint32_t works_ = kMostEndpoints;      // the endpoint that was connected to last
    std::uint64_t works_since_ = 0;             // the number of opens that had begun by then
    Instant failback_at_ = kNever;              // to works_
    std::uint32_t last_kept_ = kMostEndpoints;  // connections to later ones are not lent again
    std::uint64_t oldest_credentials_ = 0;
    std::uint64_t openings_ = 0;
    std::uint64_t births_ = 0;
    std::uint64_t leases_ = 0;  // that began here, or left the lane
    std::deque<Slot> slots_;    // a slot never moves
    std::array<std::uint32_t, kConnectionStates> counts_{};
    std::uint32_t suspects_ = 0;  // of those being validated
    IntrusiveList<Slot> free_;
    IntrusiveList<Slot> in_lane_;
    std::uint64_t left_while_lent_ = 0;  // leases that began in the lane and end here
    IntrusiveList<Slot> lent_;           // the oldest lease first
    std::array<std::uint32_t, kPriorities> leases_to_{};
    Slot* first_unreported_ = nullptr;  // in lent_: it and all after it
    IdleList idle_;
    DueHeap due_;  // of idle ones: lifetime and keepalive
    WaitQueue waiters_;
    ControlledDelay codel_;
    HandOffs hand_offs_;
    std::optional<SizeController> sizes_;  // none: max_size is the size
    PoolStats totals_;                     // its counters and peaks
    PoolTimes times_;
};

template <class Predicate>
void PoolMachine::close_idle_if(Predicate is_unwanted,
                                CloseReason reason,
                                Actions& actions) noexcept {
    for (Slot* slot = idle_.longest_idle(); slot != nullptr;) {
        Slot* const next = slot->hook.next;
        if (is_unwanted(*slot)) {
            close_idle(*slot, reason, actions);
        }
        slot = next;
    }
}

}  // namespace cistern::core
