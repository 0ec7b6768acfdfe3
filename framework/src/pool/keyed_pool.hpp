#pragma once

#include "pool/pool_impl.hpp"
#include "pool/running_pool.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace cistern {

// A pool with `match_by`: a pool for each match that callers ask for, made when the first one does,
// and one for those who name none. Together they have max_size connections at most; see
// SharedCapacity for how one gives way to another.
//
// Finding a match takes constant time, and a borrow then goes the way of any pool, express lane
// included. A match that has neither a connection nor a waiter is forgotten when others come, so
// that memory follows what is open and not how many matches there have ever been.
//
// Lock order:     mutex_ is a leaf: under it no pool is called, and nothing else.
class KeyedPool final : public RunningPool, private ForkListener {
public:
    // The parts of the pool for one match. Throws ConfigError for what cannot be one.
    using PartsFor = std::function<PoolParts(const std::string& match)>;

    KeyedPool(PoolParts unmatched, PartsFor parts_for);
    ~KeyedPool() override;

    // -- RunningPool ------------------------------------------------------------------------------
    void start() override { unmatched_->start(); }
    void close(Deadline deadline) noexcept override;
    bool flush_endpoint(const std::string& endpoint, Flush which) override;
    [[nodiscard]] std::unique_ptr<PendingCheck> begin_check() override;

    // -- detail::PoolCore: of all matches ---------------------------------------------------------
    [[nodiscard]] std::shared_ptr<PoolCore> matching(std::string_view match) override;
    bool drain(Timeout timeout) override;
    void flush(Flush which) override;
    void reconnect() override;
    void resize(std::uint32_t max_size, std::uint32_t min_idle) override;
    void pause() override;
    void resume() override;
    [[nodiscard]] PoolHealth check(Timeout timeout) override;
    [[nodiscard]] PoolStats stats() const override;
    [[nodiscard]] std::vector<Holder> holders() override;
    [[nodiscard]] void* facade(const std::type_info& session,
                               detail::SessionCast cast,
                               std::shared_ptr<void> (*make)(PoolCore&)) override;

    // -- detail::PoolCore: of callers who name no match -------------------------------------------
    [[nodiscard]] detail::ExpressLane& lane() noexcept override { return unmatched_->lane(); }
    [[nodiscard]] detail::LaneSlot& acquire(Timeout timeout, std::source_location where) override;
    [[nodiscard]] detail::LaneSlot& acquire(const detail::RetryState& attempt,
                                            std::source_location where) override;
    [[nodiscard]] detail::LaneSlot& acquire(const AcquireOptions& options,
                                            std::source_location where) override;
    [[nodiscard]] detail::LaneSlot* try_acquire(std::source_location where) override;
    void give_back(detail::LaneSlot& lease, bool discard) noexcept override;
    [[nodiscard]] bool is_still_usable(detail::LaneSlot& taken) noexcept override;
    [[nodiscard]] detail::RetryState begin_retry(Timeout timeout) override;
    [[nodiscard]] bool may_retry(detail::RetryState& attempt, const Error& error) override;
    void await_retry(const detail::RetryState& attempt) override;
    void warm_up(Timeout timeout) override { unmatched_->warm_up(timeout); }
    [[nodiscard]] Timeout default_timeout() const noexcept override;
    [[nodiscard]] const std::string& name() const noexcept override { return unmatched_->name(); }
    [[nodiscard]] const std::string& plugin() const noexcept override;

    // How many are known now.
    [[nodiscard]] std::size_t matches() const;

private:
    class Check;
    using PoolRef = std::shared_ptr<PoolImpl>;
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };

    // In a child of fork() the matches stay known, each with a pool that begins anew.
    void before_fork(Stage stage) noexcept override;
    void after_fork_in_parent() noexcept override { mutex_.unlock(); }
    void after_fork_in_child() noexcept override;

    // What was decided about all of them.
    struct Rules {
        std::uint32_t max_size = 0;
        bool is_paused = false;
        const std::type_info* session = nullptr;  // null: not asked for yet
        detail::SessionCast cast = nullptr;
        std::shared_ptr<void> (*make_facade)(PoolCore&) = nullptr;

        bool operator==(const Rules&) const = default;
    };

    [[nodiscard]] PoolRef add(const std::string& match);
    [[nodiscard]] Rules rules_now() const;
    void apply_rules(PoolImpl& pool) const;
    void apply_rules_to_all() const;
    [[nodiscard]] std::vector<PoolRef> stop_lending();
    void forget_unused();
    [[nodiscard]] std::vector<PoolRef> take_unused();
    [[nodiscard]] std::vector<PoolRef> all() const;

    const std::shared_ptr<Backend> backend_;
    const PartsFor parts_for_;
    const std::shared_ptr<SharedCapacity> capacity_;
    const std::shared_ptr<WaitCircles> circles_;
    const PoolRef unmatched_;

    mutable std::mutex mutex_;
    // -- Guarded by mutex_ ------------------------------------------------------------------------
    std::unordered_map<std::string, PoolRef, Hash, std::equal_to<>> matched_;
    std::size_t forget_at_;         // so many
    std::vector<PoolRef> leaving_;  // forgotten, and not in forgotten_ yet
    PoolStats forgotten_;           // what forgotten ones have counted
    Rules rules_;
    bool is_closed_ = false;
    std::shared_ptr<void> facade_;

    const std::unique_ptr<ForkWatch> fork_watch_;  // last: it refers to all of the above
};

}  // namespace cistern
