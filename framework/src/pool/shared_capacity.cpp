#include "pool/shared_capacity.hpp"

#include <algorithm>
#include <utility>

namespace cistern {

struct SharedCapacity::Seat {
    std::weak_ptr<CapacityMember> pool{};
    std::list<Seat>::iterator place{};
    std::atomic<core::Instant::rep> longest_idle{core::kNever.count()};
    std::uint32_t lent = 0;  // guarded by the pool's lock
    std::uint32_t wanted = 0;
    bool was_told = false;    // that it is its turn
    std::uint64_t round = 0;  // in which it has looked last
    core::ListHook<Seat> hook{};
};

SharedCapacity::SharedCapacity(std::uint32_t size) noexcept : size_{size} {}
SharedCapacity::~SharedCapacity() = default;

SharedCapacity::Member SharedCapacity::join(std::weak_ptr<CapacityMember> pool) {
    const std::lock_guard lock{mutex_};
    Seat& seat = seats_.emplace_back();
    seat.pool = std::move(pool);
    seat.place = std::prev(seats_.end());
    return &seat;
}

void SharedCapacity::leave(Member member) noexcept {
    withdraw(member);
    note_lent(member, 0);
    const std::lock_guard lock{mutex_};
    seats_.erase(member->place);
}

bool SharedCapacity::try_take(Member member, std::uint32_t wanted) noexcept {
    const std::lock_guard lock{mutex_};
    member->was_told = false;
    const bool is_first = queue_.empty() || queue_.front() == member;
    if (taken_ >= size_ || !is_first) {
        want(*member, wanted);
        return false;
    }
    ++taken_;
    passes_ = 0;
    if (queue_.contains(*member)) {
        want(*member, wanted - 1);
    }
    return true;
}

bool SharedCapacity::withdraw(Member member) noexcept {
    const std::lock_guard lock{mutex_};
    const bool had_queued = queue_.contains(*member);
    want(*member, 0);
    return had_queued;
}

void SharedCapacity::put_back(bool was_given_up) noexcept {
    const std::lock_guard lock{mutex_};
    --taken_;
    being_closed_ -= was_given_up ? 1 : 0;
    note_wanted();
}

void SharedCapacity::want(Seat& seat, std::uint32_t wanted) noexcept {
    wanted_ = wanted_ - seat.wanted + wanted;
    seat.wanted = wanted;
    if (wanted == 0 && queue_.contains(seat)) {
        queue_.erase(seat);
        seat.was_told = false;
    } else if (wanted > 0 && !queue_.contains(seat)) {
        if (queue_.empty()) {
            ++round_;
        }
        queue_.push_back(seat);
    }
    note_wanted();
}

void SharedCapacity::note_wanted() noexcept {
    is_wanted_.store(!queue_.empty() || surplus() > 0, std::memory_order_relaxed);
}

std::uint32_t SharedCapacity::surplus() const noexcept {
    return taken_ > size_ ? taken_ - size_ : 0;
}

// How many connections have to be closed for all who queue, `besides` left out, and because there
// are too many.
std::uint32_t SharedCapacity::missing(const Seat* besides) const noexcept {
    const std::uint64_t wanted =
        std::uint64_t{wanted_} - (besides != nullptr ? besides->wanted : 0) + surplus();
    const std::uint64_t room = std::uint64_t{size_ > taken_ ? size_ - taken_ : 0} + being_closed_;
    return static_cast<std::uint32_t>(wanted > room ? wanted - room : 0);
}

std::uint32_t SharedCapacity::to_give_up(Member member, std::uint32_t idle) noexcept {
    const std::lock_guard lock{mutex_};
    const auto given_up = std::min(idle, missing(member));
    being_closed_ += given_up;
    passes_ = given_up > 0 ? 0 : passes_;
    return given_up;
}

bool SharedCapacity::has_to_yield(Member member) noexcept {
    const std::lock_guard lock{mutex_};
    const bool are_too_many = surplus() > being_closed_;
    if (missing(member) == 0 || (!are_too_many && ++passes_ <= kMostPasses)) {
        return false;
    }
    passes_ = 0;
    ++being_closed_;
    return true;
}

void SharedCapacity::note_longest_idle(Member member, core::Instant since) noexcept {
    member->longest_idle.store(since.count(), std::memory_order_relaxed);
}

void SharedCapacity::note_lent(Member member, std::uint32_t lent) noexcept {
    if (lent != member->lent) {
        lent_.fetch_add(lent - member->lent, std::memory_order_relaxed);  // modulo 2^32
        member->lent = lent;
    }
}

std::uint32_t SharedCapacity::lent_by_others(Member member) const noexcept {
    return lent_.load(std::memory_order_relaxed) - member->lent;
}

// One task at a time tells; what happens meanwhile, or because of it, is seen to by that one.
void SharedCapacity::tell() noexcept {
    if (news_.fetch_add(1, std::memory_order_acq_rel) > 0) {
        return;
    }
    std::uint32_t seen = 1;
    do {
        seen = news_.load(std::memory_order_acquire);
        while (const auto pool = next_to_open()) {
            pool->on_capacity_changed();
        }
        while (const auto pool = next_to_help()) {
            pool->on_capacity_changed();
        }
    } while (news_.fetch_sub(seen, std::memory_order_acq_rel) != seen);
}

std::shared_ptr<CapacityMember> SharedCapacity::next_to_open() noexcept {
    const std::lock_guard lock{mutex_};
    Seat* const first = queue_.front();
    if (first == nullptr || taken_ >= size_ || std::exchange(first->was_told, true)) {
        return nullptr;
    }
    return first->pool.lock();
}

// Whoever has nothing idle need not look twice since somebody began to queue: it goes on looking by
// itself.
std::shared_ptr<CapacityMember> SharedCapacity::next_to_help() noexcept {
    const std::lock_guard lock{mutex_};
    const auto rank = [&](const Seat& seat) {
        const auto idle = seat.longest_idle.load(std::memory_order_relaxed);
        return std::pair{seat.round == round_ && idle == core::kNever.count(), idle};
    };
    while (missing(nullptr) > 0) {
        const auto next =
            std::min_element(seats_.begin(), seats_.end(), [&](const Seat& one, const Seat& other) {
                return rank(one) < rank(other);
            });
        if (next == seats_.end() || rank(*next).first) {
            return nullptr;
        }
        next->round = round_;
        if (auto pool = next->pool.lock()) {
            return pool;
        }
    }
    return nullptr;
}

void SharedCapacity::resize(std::uint32_t size) noexcept {
    const std::lock_guard lock{mutex_};
    size_ = size;
    ++round_;
    note_wanted();
}

bool SharedCapacity::has_room() const noexcept {
    const std::lock_guard lock{mutex_};
    return taken_ < size_;
}

std::uint32_t SharedCapacity::taken() const noexcept {
    const std::lock_guard lock{mutex_};
    return taken_;
}

void SharedCapacity::begin_anew_in_child() noexcept {
    while (queue_.pop_front() != nullptr) {
    }
    for (auto& seat : seats_) {
        seat.longest_idle.store(core::kNever.count(), std::memory_order_relaxed);
        seat.lent = 0;
        seat.wanted = 0;
        seat.was_told = false;
        seat.round = 0;
    }
    is_wanted_.store(false, std::memory_order_relaxed);
    lent_.store(0, std::memory_order_relaxed);
    news_.store(0, std::memory_order_relaxed);
    taken_ = wanted_ = being_closed_ = passes_ = 0;
    round_ = 1;
    fork_hold_.let_go(mutex_);
}

}  // namespace cistern
