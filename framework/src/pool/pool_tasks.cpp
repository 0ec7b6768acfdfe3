// What the pool does to connections, in tasks of its own: no caller ever waits in a plugin.

#include "base/mutants.hpp"
#include "pool/connect_failure.hpp"
#include "pool/pool_impl.hpp"
#include "pool/pool_step.hpp"

#include <utility>

namespace cistern {
namespace {

// Nothing is said to a connection of which we do not know where its conversation stands.
bool deserves_goodbye(CloseReason reason) {
    switch (reason) {
        case CloseReason::kLifetime:
        case CloseReason::kIdle:
        case CloseReason::kSurplus:
        case CloseReason::kFlushed:
        case CloseReason::kEvicted:
        case CloseReason::kPoolClosed:
            return true;
        case CloseReason::kBroken:
        case CloseReason::kInvalid:
        case CloseReason::kDiscarded:
            return false;
    }
    return false;
}

// Runs what a plugin may fail in, and says whether it succeeded.
template <class Call>
bool succeeds(Call&& call) noexcept {
    try {
        call();
        return true;
    } catch (...) {
        return false;
    }
}

}  // namespace

// May be told after the connection is gone, or the pool: it holds neither.
class PoolImpl::HangUp final : public HangUpListener {
public:
    HangUp(std::weak_ptr<PoolImpl> pool, core::Slot& slot, std::uint64_t opening) noexcept
        : pool_{std::move(pool)}, slot_{slot}, opening_{opening} {}

    void on_hang_up() noexcept override {
        if (const auto pool = pool_.lock()) {
            pool->on_hang_up(slot_, opening_);
        }
    }

private:
    const std::weak_ptr<PoolImpl> pool_;
    core::Slot& slot_;
    const std::uint64_t opening_;
};

void PoolImpl::start_task(core::Slot& slot) noexcept {
    std::exception_ptr thrown;
    try {
        parts_.backend->spawn([pool = shared_from_this(), &slot] { pool->run_task(slot); });
    } catch (...) {
        thrown = std::current_exception();
    }
    if (thrown != nullptr) {
        could_not_start(slot, thrown);
    }
}

void PoolImpl::run_task(core::Slot& slot) noexcept {
    switch (slot.state) {
        case core::ConnectionState::kConnecting:
            return open(slot);
        case core::ConnectionState::kValidating:
            return validate(slot);
        case core::ConnectionState::kResetting:
            return reset(slot);
        case core::ConnectionState::kClosing:
            return close_connection(slot, true);
        case core::ConnectionState::kEmpty:
        case core::ConnectionState::kIdle:
        case core::ConnectionState::kInLane:
        case core::ConnectionState::kLent:
            return;
    }
}

void PoolImpl::could_not_start(core::Slot& slot, const std::exception_ptr& thrown) noexcept {
    switch (slot.state) {
        case core::ConnectionState::kConnecting:
            return fail_open(slot, thrown);
        case core::ConnectionState::kValidating:
            return step([&](core::Instant now, core::Actions& actions) {
                machine_.validated(slot, false, now, actions);
            });
        case core::ConnectionState::kResetting:
            return step([&](core::Instant now, core::Actions& actions) {
                machine_.was_reset(slot, false, now, actions);
            });
        case core::ConnectionState::kClosing:
            return close_connection(slot, false);
        case core::ConnectionState::kEmpty:
        case core::ConnectionState::kIdle:
        case core::ConnectionState::kInLane:
        case core::ConnectionState::kLent:
            return;
    }
}

void PoolImpl::open(core::Slot& slot) noexcept {
    PoolEntry& entry = entry_of(slot);
    const auto began = clock().now();
    std::exception_ptr thrown;
    try {
        entry.io = std::make_unique<WatchedIo>(parts_.backend->io(), slot.was_used);
        entry.connection =
            parts_.connector->connect(*entry.io,
                                      parts_.config,
                                      clock().deadline_after(CISTERN_MUTANT(kConnectWithoutEnd)
                                                                 ? Timeout::max()
                                                                 : parts_.options.connect_timeout));
        if (entry.connection == nullptr) {
            throw ConnectError{
                "plugin \"" + parts_.plugin + "\" returned no connection and reported no error",
                {.breaks_connection = true}};
        }
        entry.io->watch_hang_ups(*parts_.backend,
                                 std::make_shared<HangUp>(weak_from_this(), slot, slot.opening));
    } catch (...) {
        thrown = std::current_exception();
    }
    if (thrown != nullptr) {
        fail_open(slot, thrown);
    } else {
        finish_open(slot, began);
    }
}

void PoolImpl::finish_open(core::Slot& slot, core::Instant began) noexcept {
    slot.was_used.store(false, std::memory_order_relaxed);
    slot.connection = entry_of(slot).connection.get();
    const auto took = clock().now() - began;
    parts_.endpoint->leave_opened();
    parts_.endpoint->tell_turned_away();
    const auto random = parts_.backend->random();
    step([&](core::Instant now, core::Actions& actions) {
        machine_.opened(slot, random, now, actions);
        if (slot.is_hung_up) {
            note_unused_end(slot, now, random);
        }
    });
    observer_.tell([&](PoolObserver& observer) { observer.on_opened(parts_.name, took); });
}

void PoolImpl::fail_open(core::Slot& slot, const std::exception_ptr& thrown) noexcept {
    entry_of(slot).clear();
    auto failure = describe_connect_failure(thrown, parts_.plugin);
    const std::string what = failure.what;
    if (CISTERN_MUTANT(kFailureUncounted) && stats().waiting == 0) {
        parts_.endpoint->leave_untried();
    } else {
        parts_.endpoint->leave_failed(
            slot.ticket, parts_.options.retry, clock().now(), parts_.backend->random());
    }
    parts_.endpoint->tell_turned_away();
    step([&](core::Instant now, core::Actions& actions) {
        note_failure(std::move(failure.what), failure.error, failure.is_final, now);
        machine_.open_failed(slot, failure.error, failure.is_final, now, actions);
        put_place_back(false);
    });
    tell_of_capacity();
    observer_.tell([&](PoolObserver& observer) { observer.on_open_failed(parts_.name, what); });
}

void PoolImpl::note_failure(std::string what,
                            std::exception_ptr error,
                            bool is_final,
                            core::Instant now) {
    const auto count = last_failure_ ? last_failure_->count + 1 : 1;
    last_failure_ = {std::move(what), now, std::move(error), is_final, count};
}

void PoolImpl::validate(core::Slot& slot) noexcept {
    PoolEntry& entry = entry_of(slot);
    const auto deadline = clock().deadline_after(parts_.options.validate_timeout);
    const bool works = succeeds([&] { entry.connection->validate(deadline); }) && entry.is_usable();
    slot.was_used.store(false, std::memory_order_relaxed);
    step([&](core::Instant now, core::Actions& actions) {
        machine_.validated(slot, works, now, actions);
    });
}

void PoolImpl::reset(core::Slot& slot) noexcept {
    PoolEntry& entry = entry_of(slot);
    const auto deadline = clock().deadline_after(parts_.options.validate_timeout);
    const bool works = succeeds([&] { entry.connection->reset(deadline); }) && entry.is_usable();
    slot.was_used.store(false, std::memory_order_relaxed);
    step([&](core::Instant now, core::Actions& actions) {
        machine_.was_reset(slot, works, now, actions);
    });
}

// What a lease has just left, or is about to be tested, ends by itself; only what is idle is taken
// out of its place.
void PoolImpl::on_hang_up(core::Slot& slot, std::uint64_t opening) noexcept {
    const auto random = parts_.backend->random();
    step([&](core::Instant now, core::Actions& actions) {
        if (slot.opening != opening) {
            return;
        }
        const bool was_idle = slot.state == core::ConnectionState::kIdle;
        machine_.hung_up(slot, actions);
        take_out_of_lane(slot, now, actions);
        if (was_idle && !entry_of(slot).was_lent) {
            note_unused_end(slot, now, random);
        }
    });
}

// To a caller who waits it is as if the connection had not been opened.
void PoolImpl::note_unused_end(const core::Slot& slot, core::Instant now, double random) noexcept {
    parts_.endpoint->hung_up_unused(parts_.options.retry, slot.idle_since, now, random);
    try {
        const ConnectError error{"plugin \"" + parts_.plugin +
                                 "\": the server closed a new connection before it was used"};
        note_failure(error.what(), std::make_exception_ptr(error), false, now);
    } catch (const std::bad_alloc&) {
        // Then it goes untold.
    }
}

void PoolImpl::close_connection(core::Slot& slot, bool may_wait) noexcept {
    PoolEntry& entry = entry_of(slot);
    const auto reason = slot.close_reason;
    if (may_wait && deserves_goodbye(reason) && entry.is_usable()) {
        const auto deadline = clock().deadline_after(parts_.options.validate_timeout);
        static_cast<void>(succeeds([&] { entry.connection->close(deadline); }));
    }
    slot.session = nullptr;
    slot.connection = nullptr;
    if (entry.was_lent || !CISTERN_MUTANT(kUnusedStaysOpen)) {
        entry.clear();
    }
    if (CISTERN_MUTANT(kCloseTellsNobody)) {
        const std::lock_guard lock{mutex_};
        machine_.closed(slot);
    } else {
        step([&](core::Instant, core::Actions&) {
            machine_.closed(slot);
            put_place_back(reason == CloseReason::kEvicted);
        });
    }
    tell_of_capacity();
    observer_.tell([&](PoolObserver& observer) { observer.on_closed(parts_.name, reason); });
}

}  // namespace cistern
