#pragma once

#include <cistern/detail/pool_core.hpp>

#include <exception>
#include <utility>

namespace cistern {

// One user's hold on one connection. Move-only; what is moved from may only be destroyed or
// assigned.
//
// Thread safety:  none; a lease belongs to one caller. It may be handed over, with synchronisation.
// Ownership:      holds its connection until it is destroyed, and the pool's state as long.
// Waiting:        never. The destructor hands the connection back and returns at once.
// Errors:         the destructor never throws. When an exception unwinds through it, the connection
// is
//                 closed instead of lent again: nobody knows what it had left to say.
template <class Session>
class [[nodiscard]] Lease {
public:
    explicit Lease(detail::Loan loan)
        : loan_{loan},
          session_{detail::session_of<Session>(loan)},
          throwing_{std::uncaught_exceptions()} {}
    Lease(Lease&& other) noexcept
        : loan_{std::exchange(other.loan_, {})},
          session_{std::exchange(other.session_, nullptr)},
          throwing_{std::uncaught_exceptions()} {}
    Lease& operator=(Lease&& other) noexcept {
        if (this != &other) {
            end();
            loan_ = std::exchange(other.loan_, {});
            session_ = std::exchange(other.session_, nullptr);
            throwing_ = std::uncaught_exceptions();
        }
        return *this;
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() { end(); }

    // REQUIRES: the lease has not ended
    [[nodiscard]] Session* operator->() const noexcept { return session_; }
    [[nodiscard]] Session& operator*() const noexcept { return *session_; }
    // False once the lease has ended or was moved from.
    [[nodiscard]] explicit operator bool() const noexcept { return session_ != nullptr; }

    // Ends the lease early. False when it had ended already.
    bool release() noexcept { return give_back(false); }
    // Ends the lease and closes the connection, for a session known to be of no more use.
    bool discard() noexcept { return give_back(true); }

private:
    void end() noexcept { give_back(std::uncaught_exceptions() > throwing_); }
    bool give_back(bool discard) noexcept {
        if (session_ == nullptr) {
            return false;
        }
        session_ = nullptr;
        detail::give_back(std::exchange(loan_, {}), discard);
        return true;
    }

    detail::Loan loan_{};
    Session* session_ = nullptr;
    int throwing_ = 0;  // exceptions already in flight when the lease began
};

}  // namespace cistern
