#pragma once

// What is measured beside ours in the same program: two floors, which do less than a pool must, and
// Poco's. Each has borrow(), whose result gives back when it goes or is assigned over.

#include "bench_pool.hpp"

#include <Poco/ObjectPool.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace cistern::bench {

struct Stub {
    long uses = 0;
};

// What was borrowed from an engine that takes back by hand.
template <class Engine, class Thing>
class Held {
public:
    Held(Engine& engine, Thing thing) : engine_{&engine}, thing_{thing} {}
    Held(Held&& other) noexcept
        : engine_{std::exchange(other.engine_, nullptr)}, thing_{other.thing_} {}
    Held& operator=(Held&& other) noexcept {
        if (this != &other) {
            end();
            engine_ = std::exchange(other.engine_, nullptr);
            thing_ = other.thing_;
        }
        return *this;
    }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    ~Held() { end(); }

    Stub* operator->() const noexcept { return engine_->stub_of(thing_); }

private:
    void end() noexcept {
        if (engine_ != nullptr) {
            engine_->give_back(thing_);
        }
    }
    Engine* engine_;
    Thing thing_;
};

// The least that two threads need to share slots: a compare-and-swap to take one, an exchange to
// give it back, and a hint where to look first. It neither queues nor parks: it is not a pool.
class Floor {
public:
    explicit Floor(std::uint32_t size) : slots_(size) {}
    [[nodiscard]] auto borrow() { return Held<Floor, std::uint32_t>{*this, take()}; }
    void give_back(std::uint32_t index) noexcept {
        slots_[index].is_lent.exchange(false, std::memory_order_seq_cst);
    }
    Stub* stub_of(std::uint32_t index) noexcept { return &slots_[index].stub; }

private:
    struct alignas(64) Slot {
        std::atomic<bool> is_lent{false};
        Stub stub;
    };
    std::uint32_t take() noexcept {
        thread_local std::uint32_t hint = next_hint_++;
        while (true) {
            const auto size = static_cast<std::uint32_t>(slots_.size());
            for (std::uint32_t tried = 0; tried < size; ++tried) {
                const auto index = (hint + tried) % size;
                bool is_lent = false;
                if (slots_[index].is_lent.compare_exchange_strong(
                        is_lent, true, std::memory_order_seq_cst, std::memory_order_relaxed)) {
                    hint = index;
                    return index;
                }
            }
            std::this_thread::yield();
        }
    }
    std::vector<Slot> slots_;
    static inline std::atomic<std::uint32_t> next_hint_{0};
};

// The pool that everybody writes first: a lock, a condition and a stack. Newcomers overtake.
class MutexStack {
public:
    explicit MutexStack(std::uint32_t size) : stubs_(size) {
        for (auto& stub : stubs_) {
            idle_.push_back(&stub);
        }
    }
    [[nodiscard]] auto borrow() {
        std::unique_lock lock{mutex_};
        is_any_.wait(lock, [this] { return !idle_.empty(); });
        Stub* const stub = idle_.back();
        idle_.pop_back();
        return Held<MutexStack, Stub*>{*this, stub};
    }
    void give_back(Stub* stub) noexcept {
        {
            const std::lock_guard lock{mutex_};
            idle_.push_back(stub);
        }
        is_any_.notify_one();
    }
    static Stub* stub_of(Stub* stub) noexcept { return stub; }

private:
    std::mutex mutex_;
    std::condition_variable is_any_;
    std::deque<Stub> stubs_;
    std::vector<Stub*> idle_;
};

// Poco's, as it comes; `Factory` makes what it lends.
template <class Factory = Poco::PoolableObjectFactory<Stub>>
class PocoPool {
public:
    explicit PocoPool(std::uint32_t size) : PocoPool{size, size} {}
    PocoPool(std::uint32_t min, std::uint32_t max) : pool_{max, max} {
        std::vector<Stub*> all;
        for (std::uint32_t i = 0; i < min; ++i) {
            all.push_back(pool_.borrowObject());
        }
        for (Stub* const stub : all) {
            pool_.returnObject(stub);
        }
    }
    [[nodiscard]] auto borrow() {
        Stub* stub = nullptr;
        while (stub == nullptr) {  // it wakes for nothing
            constexpr long kMilliseconds = 30'000;
            stub = pool_.borrowObject(kMilliseconds);
        }
        return Held<PocoPool, Stub*>{*this, stub};
    }
    void give_back(Stub* stub) noexcept { pool_.returnObject(stub); }
    static Stub* stub_of(Stub* stub) noexcept { return stub; }

private:
    Poco::ObjectPool<Stub, Stub*, Factory> pool_;
};

// Makes its engine when it is first asked for, so that what a filter leaves out costs nothing.
template <class Engine>
class Lazy {
public:
    template <class... Arguments>
    Engine& get(const Arguments&... arguments) {
        std::call_once(once_, [&] { engine_ = std::make_unique<Engine>(arguments...); });
        return *engine_;
    }

private:
    std::once_flag once_;
    std::unique_ptr<Engine> engine_;
};

}  // namespace cistern::bench
