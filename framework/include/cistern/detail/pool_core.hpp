#pragma once

// What the typed templates in pool.hpp and lease.hpp stand on. Applications do not use it directly.

#include <cistern/acquire_timeout.hpp>
#include <cistern/deadline.hpp>
#include <cistern/error.hpp>
#include <cistern/export.hpp>
#include <cistern/pool_stats.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <typeinfo>
#include <vector>

namespace cistern {

class Connection;
template <class Session>
class Pool;

namespace detail {

class PoolCore;

// A connection on loan, without its type. Trivial, so that a lease can be moved by copying it.
struct Loan {
    PoolCore* pool = nullptr;
    void* slot = nullptr;
    void* session = nullptr;  // what the cast registered by typed() made of the connection
};

// Finds the session interface in a connection; null when it does not offer it.
using SessionCast = void* (*)(Connection&);

// One try of with_retry after another.
struct RetryState {
    Deadline deadline;
    std::uint32_t attempts = 0;
    Deadline resume_at = Deadline::never();  // the end of the back-off, once may_retry() said yes
};

// A pool without its session's type; the contract is Pool's.
class CISTERN_API PoolCore {
public:
    PoolCore() = default;
    PoolCore(const PoolCore&) = delete;
    PoolCore& operator=(const PoolCore&) = delete;
    virtual ~PoolCore();

    [[nodiscard]] virtual Loan acquire(Timeout timeout, std::source_location where) = 0;
    [[nodiscard]] virtual Loan acquire(const RetryState& attempt, std::source_location where) = 0;
    [[nodiscard]] virtual std::optional<Loan> try_acquire(std::source_location where) = 0;
    virtual void give_back(Loan loan, bool discard) noexcept = 0;

    [[nodiscard]] virtual RetryState begin_retry(Timeout timeout) = 0;
    [[nodiscard]] virtual bool may_retry(RetryState& attempt, const Error& error) = 0;
    virtual void await_retry(const RetryState& attempt) = 0;

    virtual void warm_up(Timeout timeout) = 0;
    virtual bool drain(Timeout timeout) = 0;

    [[nodiscard]] virtual Timeout default_timeout() const noexcept = 0;
    [[nodiscard]] virtual PoolStats stats() const = 0;
    [[nodiscard]] virtual std::vector<Holder> holders() const = 0;
    [[nodiscard]] virtual const std::string& name() const noexcept = 0;
    [[nodiscard]] virtual const std::string& plugin() const noexcept = 0;

    // Fixes the session interface; the first caller's counts, another one's throws ConfigError.
    // `make` builds the typed facade, which then lives as long as the pool.
    [[nodiscard]] virtual void* facade(const std::type_info& session,
                                       SessionCast cast,
                                       std::shared_ptr<void> (*make)(PoolCore&)) = 0;
};

CISTERN_API void give_back(Loan loan, bool discard) noexcept;

template <class Session>
[[nodiscard]] Session* session_of(const Loan& loan) noexcept {
    return static_cast<Session*>(loan.session);
}

}  // namespace detail
}  // namespace cistern
