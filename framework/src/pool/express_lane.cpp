#include <cistern/detail/express_lane.hpp>
#include <cistern/detail/pool_core.hpp>

#include <cxxabi.h>

#include <atomic>

namespace cistern::detail {
namespace {

// Never used again, so that a thread's hint for a pool that is gone fits no other.
std::uint64_t next_id() noexcept {
    static std::atomic<std::uint64_t> last{0};
    return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

}  // namespace

constinit thread_local LaneThread lane_thread{};

const unsigned* find_exceptions_in_flight() noexcept {
    // The Itanium C++ ABI, 2.2.2: a pointer to the caught exceptions, then the number of uncaught.
    const void* const globals = abi::__cxa_get_globals();
    const auto* const caught = static_cast<const void* const*>(globals);
    lane_thread.exceptions = static_cast<const unsigned*>(static_cast<const void*>(caught + 1));
    return lane_thread.exceptions;
}

ExpressLane::ExpressLane(LaneOwner& owner) noexcept
    : id_{next_id()}, hint_{LaneThread::offset_of(id_)}, owner_{owner} {}

void ExpressLane::begin_anew() noexcept {
    id_ = next_id();
    hint_ = LaneThread::offset_of(id_);
    size_.store(0, std::memory_order_relaxed);
    start_.store(nullptr, std::memory_order_relaxed);
    last_ = nullptr;
}

void ExpressLane::link(LaneSlot& slot) noexcept {
    slot.lane = this;
    slot.hint = hint_;
    if (last_ == nullptr) {
        slot.next.store(&slot, std::memory_order_relaxed);
        start_.store(&slot, std::memory_order_release);
    } else {
        slot.next.store(last_->next.load(std::memory_order_relaxed), std::memory_order_relaxed);
        last_->next.store(&slot, std::memory_order_release);
    }
    last_ = &slot;
}

LaneSlot* ExpressLane::take_another(LaneSlot* taken, std::source_location where) noexcept {
    static_cast<void>(exceptions_in_flight());
    if (taken != nullptr && owner_.is_still_usable(*taken)) {
        return taken;
    }
    if (size_.load(std::memory_order_relaxed) == 0) {
        return nullptr;
    }
    const LaneThread::Hint& hint = lane_thread.hint_at(hint_);
    LaneSlot* begin = hint.slot;
    if (hint.lane != id_) {
        // Threads that come for the first time start at different places, so that they do not
        // follow each other round.
        begin = start_.load(std::memory_order_acquire);
        start_.store(begin->next.load(std::memory_order_acquire), std::memory_order_release);
    }
    while (LaneSlot* const slot = walk(begin)) {
        stamp(*slot, where);
        lane_thread.hint_at(hint_) = {id_, slot};
        if (!slot->look_first || owner_.is_still_usable(*slot)) {
            return slot;
        }
    }
    return nullptr;
}

LaneSlot* ExpressLane::walk(LaneSlot* begin) noexcept {
    LaneSlot* slot = begin;
    do {
        if (slot->word.try_take()) {
            return slot;
        }
        slot = slot->next.load(std::memory_order_acquire);
    } while (slot != begin);
    return nullptr;
}

void give_back(LaneSlot& slot, bool discard) noexcept {
    slot.lane->owner().give_back(slot, discard);
}

void give_back_unless_thrown(LaneSlot& slot, unsigned exceptions) noexcept {
    const bool is_thrown = exceptions_in_flight() > exceptions;
    lane_thread.hint_at(slot.hint) = {slot.lane->id(), &slot};
    give_back(slot, is_thrown);
}

}  // namespace cistern::detail
