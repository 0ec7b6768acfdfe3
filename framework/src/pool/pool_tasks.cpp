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
        case CloseReason::kOldCredentials:
        case CloseReason::kFailback:
            return true;
        case CloseReason::kBroken:
        case CloseReason::kInvalid:
        case CloseReason::kDiscarded:
            return false;
    }
    return false;
}

constexpr const char* kNothingSaid = "it failed without a word";

// Empty for want of memory: what is told is not worth the process.
std::string text_of(const char* text) noexcept {
    try {
        return text;
    } catch (const std::bad_alloc&) {
        return {};
    }
}

}  // namespace

// Runs what a plugin may fail in, and says how it did.
template <class Call>
PoolImpl::Verdict PoolImpl::verdict_of(Call&& call) noexcept {
    try {
        call();
        return {};
    } catch (const std::exception& error) {
        return {false, text_of(error.what()[0] != '\0' ? error.what() : kNothingSaid)};
    } catch (...) {
        return {false, text_of(kNothingSaid)};
    }
}

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
        auto task = [pool = shared_from_this(), &slot] { pool->run_task(slot); };
        if (blocks_thread_) {
            parts_.backend->spawn_blocking(std::move(task));
        } else {
            parts_.backend->spawn(std::move(task));
        }
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
    if (slot.is_probe) {
        tell_circuit(slot.endpoint,
                     core::CircuitView{CircuitState::kHalfOpen, endpoint_of(slot).failures()});
    }
    std::exception_ptr thrown;
    try {
        connect(slot,
                clock().deadline_after(CISTERN_MUTANT(kConnectWithoutEnd)
                                           ? Timeout::max()
                                           : parts_.options.connect_timeout));
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
    const auto endpoint = slot.endpoint;
    const auto closed = endpoint_of(slot).leave_opened();
    EndpointState::Change opened_again;
    endpoint_of(slot).tell_turned_away();
    const auto random = parts_.backend->random();
    step([&](core::Instant now, core::Actions& actions) {
        // They have been seen to work; what was opened with older ones is no longer wanted.
        if (slot.credentials > machine_.oldest_credentials()) {
            empty_lane(now, actions);
            machine_.retire_credentials(slot.credentials, now, actions);
        }
        machine_.opened(slot, random, now, actions);
        machine_.connect_took(took);
        if (slot.is_hung_up) {
            opened_again = note_unused_end(slot, now, random);
        } else {
            ++answers_.good;
            answers_.last_good = {PingKind::kOpened, took};
        }
    });
    observer_.tell([&](PoolObserver& observer) { observer.on_opened(parts_.name, took); });
    tell_circuit(endpoint, closed);
    tell_circuit(endpoint, opened_again);
}

void PoolImpl::fail_open(core::Slot& slot, const std::exception_ptr& thrown) noexcept {
    entry_of(slot).clear();
    const auto failure = facts_of(thrown);
    const bool is_final = failure != nullptr && failure->is_final;
    EndpointState::Change change;
    const auto endpoint = slot.endpoint;
    auto& state = endpoint_of(slot);
    if (CISTERN_MUTANT(kFailureUncounted) && stats().waiting == 0) {
        state.leave_untried();
    } else {
        change = state.leave_failed(
            slot.ticket, failure, parts_.options.retry, clock().now(), parts_.backend->random());
    }
    state.tell_turned_away();
    step([&](core::Instant now, core::Actions& actions) {
        note_failure(endpoint, failure, now);
        const auto told = failure_to_tell(now);
        machine_.open_failed(slot, told != nullptr ? told : thrown, is_final, now, actions);
        put_place_back(false);
    });
    tell_of_capacity();
    observer_.tell([&](PoolObserver& observer) {
        observer.on_open_failed(parts_.name, failure != nullptr ? failure->what : kNothingSaid);
    });
    tell_circuit(endpoint, change);
}

// Null when there is no memory to say it with.
EndpointState::Failure PoolImpl::facts_of(const std::exception_ptr& thrown) const noexcept {
    try {
        return std::make_shared<const ConnectFailureFacts>(
            describe_connect_failure(thrown, parts_.plugin));
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}

void PoolImpl::validate(core::Slot& slot) noexcept {
    const auto began = clock().now();
    const auto verdict = test(slot, &Connection::validate);
    step([&](core::Instant now, core::Actions& actions) {
        if (verdict.works) {
            ++answers_.good;
            answers_.last_good = {PingKind::kValidated, now - began};
            machine_.validation_took(now - began);
        } else {
            answers_.last_bad = text_of(verdict.why.c_str());
        }
        machine_.validated(slot, verdict.works, now, actions);
    });
    tell_validation_failed(verdict);
}

void PoolImpl::reset(core::Slot& slot) noexcept {
    const auto verdict = test(slot, &Connection::reset);
    step([&](core::Instant now, core::Actions& actions) {
        machine_.was_reset(slot, verdict.works, now, actions);
    });
    tell_validation_failed(verdict);
}

PoolImpl::Verdict PoolImpl::test(core::Slot& slot, void (Connection::*how)(Deadline)) noexcept {
    PoolEntry& entry = entry_of(slot);
    const auto deadline = clock().deadline_after(parts_.options.validate_timeout);
    auto verdict = verdict_of([&] { (entry.connection.get()->*how)(deadline); });
    if (verdict.works && !entry.is_usable()) {
        verdict = {false,
                   text_of("it is broken, closed by its peer, or has something unread afterwards")};
    }
    slot.was_used.store(false, std::memory_order_relaxed);
    return verdict;
}

void PoolImpl::tell_validation_failed(const Verdict& verdict) const noexcept {
    if (!verdict.works) {
        observer_.tell([&](PoolObserver& observer) {
            observer.on_validation_failed(parts_.name, verdict.why);
        });
    }
}

// What a lease has just left, or is about to be tested, ends by itself; only what is idle is taken
// out of its place.
void PoolImpl::on_hang_up(core::Slot& slot, std::uint64_t opening) noexcept {
    const auto random = parts_.backend->random();
    EndpointState::Change change;
    std::uint32_t endpoint = 0;
    step([&](core::Instant now, core::Actions& actions) {
        if (slot.opening != opening) {
            return;
        }
        endpoint = slot.endpoint;
        const bool was_idle = slot.state == core::ConnectionState::kIdle;
        machine_.hung_up(slot, actions);
        take_out_of_lane(slot, now, actions);
        if (was_idle && !entry_of(slot).was_lent) {
            change = note_unused_end(slot, now, random);
        }
    });
    tell_circuit(endpoint, change);
}

void PoolImpl::close_connection(core::Slot& slot, bool may_wait) noexcept {
    PoolEntry& entry = entry_of(slot);
    const auto reason = slot.close_reason;
    if (may_wait && deserves_goodbye(reason) && entry.is_usable()) {
        const auto deadline = clock().deadline_after(parts_.options.validate_timeout);
        static_cast<void>(verdict_of([&] { entry.connection->close(deadline); }));
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
