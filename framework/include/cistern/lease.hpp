#pragma once

#include <cistern/detail/pool_core.hpp>

#include <limits>
#include <utility>

namespace cistern {

// One user's hold on one connection. Move-only; what is moved from may only be destroyed,
// assigned, or asked whether it holds anything.
//
// Thread safety:  none; a lease belongs to one caller. It may be handed over, with synchronisation.
// Ownership:      holds its connection until it is destroyed, and the pool's state as long.
// Waiting:        never. The destructor hands the connection back and returns at once.
// Errors:         the destructor never throws. When an exception unwinds through it, the connection
//                 is closed instead of lent again: nobody knows what it had left to say.
// Fork:           one that was out at a fork() stays the parent's. In the child its session must
//                 not be used, and its end does nothing.
template <class Session>
class [[nodiscard]] Lease {
public:
    Lease() noexcept = default;  // holds nothing
    // `exceptions` are in flight already.
    [[gnu::always_inline]] Lease(detail::LaneSlot& slot, unsigned exceptions) noexcept
        : slot_{&slot}, session_{static_cast<Session*>(slot.session)}, throwing_{exceptions} {}
    Lease(Lease&& other) noexcept
        : slot_{std::exchange(other.slot_, nullptr)},
          session_{std::exchange(other.session_, nullptr)},
          throwing_{detail::exceptions_in_flight()} {}
    Lease& operator=(Lease&& other) noexcept {
        if (this != &other) {
            end();
            slot_ = std::exchange(other.slot_, nullptr);
            session_ = std::exchange(other.session_, nullptr);
            throwing_ = detail::exceptions_in_flight();
        }
        return *this;
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    [[gnu::always_inline]] ~Lease() { end(); }

    // REQUIRES: the lease has not ended
    [[nodiscard]] Session* operator->() const noexcept { return session_; }
    [[nodiscard]] Session& operator*() const noexcept { return *session_; }
    // False once the lease has ended or was moved from.
    [[nodiscard]] explicit operator bool() const noexcept { return session_ != nullptr; }

    // Ends the lease early. False when it had ended already.
    bool release() noexcept {
        if (slot_ == nullptr) {
            return false;
        }
        // Whoever asks for it means it, whatever exceptions are in flight.
        throwing_ = std::numeric_limits<unsigned>::max();
        end();
        slot_ = nullptr;
        session_ = nullptr;
        return true;
    }
    // Ends the lease and closes the connection, for a session known to be of no more use.
    bool discard() noexcept {
        if (slot_ == nullptr) {
            return false;
        }
        session_ = nullptr;
        detail::give_back(*std::exchange(slot_, nullptr), true);
        return true;
    }

private:
    friend class Pool<Session>;

    [[gnu::always_inline]] void end() noexcept {
        if (slot_ != nullptr && !detail::try_give_back(*slot_, throwing_)) [[unlikely]] {
            detail::give_back_unless_thrown(*slot_, throwing_);
        }
    }

    detail::LaneSlot* slot_ = nullptr;
    Session* session_ = nullptr;
    unsigned throwing_ = 0;  // exceptions already in flight when the lease began
};

}  // namespace cistern
