#include "unit/core/machine_driver.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

namespace cistern::test {
namespace {

// Plays thousands of random events, checks what must hold after each, and ends with a server that
// works: then everybody who still waits must be served.
class RandomPlay {
public:
    RandomPlay(std::uint32_t seed, std::chrono::nanoseconds bypass_window)
        : random_{seed}, driver_{options(bypass_window)} {}

    void play(int steps) {
        for (step_ = 0; step_ < steps; ++step_) {
            driver_.pass(std::chrono::microseconds{1 + pick(3000)});
            one_event();
            check();
        }
        while (!driver_.validating.empty() || !driver_.resetting.empty() ||
               !driver_.closing.empty() || !driver_.opening.empty() || !waiting().empty()) {
            driver_.pass(2s);
            finish_all();
            if (auto* const holder = somebody(lent())) {
                driver_.release(*std::exchange(holder->slot, nullptr));
            }
            check();
            ++step_;
            if (step_ > 10 * steps) {
                throw std::logic_error{"somebody is never served"};
            }
        }
    }
    [[nodiscard]] int step() const { return step_; }

private:
    PoolOptions options(std::chrono::nanoseconds bypass_window) {
        auto options = MachineDriver::quiet(1 + pick(6));
        options.min_idle = pick(options.max_size + 1);
        options.max_connecting = 1 + pick(3);
        options.max_waiters = pick(2) == 0 ? 0 : 5;
        options.codel.target = std::chrono::milliseconds{pick(3) == 0 ? 1 + pick(30) : 0};
        options.reject_hopeless = pick(3) == 0;
        has_priorities_ = pick(2) == 0;
        if (has_priorities_ && pick(2) == 0) {
            options.reserve.high = pick(options.max_size);
            options.reserve.normal = pick(options.max_size - options.reserve.high);
        }
        options.codel.interval = std::chrono::milliseconds{30 + pick(60)};
        options.retry.max_attempts = 1 + pick(4);
        options.max_lifetime = pick(2) == 0 ? 0ms : 300ms;
        options.idle_timeout = pick(2) == 0 ? 0ms : 100ms;
        options.keepalive_interval = pick(2) == 0 ? 0ms : 40ms;
        options.validate_after_idle = std::chrono::milliseconds{pick(20)};
        options.leak_threshold = 50ms;
        options.order = std::array{LendOrder::kLifo, LendOrder::kFifo, LendOrder::kOldest}[pick(3)];
        options.bypass_window = bypass_window;
        return options;
    }
    std::uint32_t pick(std::uint32_t below) { return random_() % below; }

    [[nodiscard]] std::vector<Waiter*> waiting() const {
        std::vector<Waiter*> found;
        for (const auto& waiter : driver_.waiters) {
            if (waiter->outcome == Outcome::kPending && waiter->hook.list != nullptr) {
                found.push_back(waiter.get());
            }
        }
        return found;
    }
    [[nodiscard]] std::vector<Waiter*> lent() const {
        std::vector<Waiter*> found;
        for (const auto& waiter : driver_.waiters) {
            if (waiter->slot != nullptr) {
                found.push_back(waiter.get());
            }
        }
        return found;
    }
    Waiter* somebody(const std::vector<Waiter*>& from) {
        return from.empty() ? nullptr : from[pick(static_cast<std::uint32_t>(from.size()))];
    }

    void one_event() {
        switch (pick(13)) {
            case 0:
            case 1:
            case 2:
                driver_.acquire(
                    std::array{Patience::kQueue, Patience::kQueue, Patience::kNone}[pick(3)],
                    static_cast<Priority>(has_priorities_ ? pick(3) : 1));
                return forget_the_gone();
            case 3:
            case 4:
            case 5:
                return end_lease();
            case 6:
                if (auto* const waiter = somebody(waiting())) {
                    driver_.give_up(*waiter, pick(2) == 0);
                }
                return;
            case 7:
                return driver_.tick();
            case 9:
                return driver_.hung_up(driver_.machine.slot(pick(driver_.cap)));
            case 8:
                if (auto* const waiter = somebody(driver_.nudged)) {
                    std::erase(driver_.nudged, waiter);
                    driver_.look_again(*waiter);
                }
                return;
            default:
                return finish_one();
        }
    }
    void end_lease() {
        auto* const user = somebody(lent());
        if (user == nullptr) {
            return;
        }
        Slot& slot = *std::exchange(user->slot, nullptr);
        switch (pick(6)) {
            case 0:
                driver_.release(slot, Return::kBroken);
                return;
            case 1:
                driver_.release(slot, Return::kNeedsReset);
                return;
            case 2:
                user->slot = &slot;
                driver_.take_back(*user, true);
                user->slot = nullptr;
                user->outcome = Outcome::kPending;
                user->keeps_place = true;
                return driver_.ask(*user);
            default:
                driver_.release(slot, Return::kClean);
                return;
        }
    }
    void finish_one() {
        const bool works = pick(3) != 0;
        switch (pick(4)) {
            case 0:
                return finish(driver_.opening, [&] {
                    works ? static_cast<void>(driver_.opened(0.1))
                          : driver_.open_failed(pick(5) == 0);
                });
            case 1:
                return finish(driver_.validating, [&] { driver_.validated(works); });
            case 2:
                return finish(driver_.resetting, [&] { driver_.was_reset(works); });
            default:
                return finish(driver_.closing, [&] { driver_.closed(); });
        }
    }
    template <class Event>
    void finish(std::deque<Slot*>& tasks, Event event) {
        if (!tasks.empty()) {
            std::swap(tasks.front(), tasks[pick(static_cast<std::uint32_t>(tasks.size()))]);
            event();
        }
    }
    void finish_all() {
        finish(driver_.closing, [&] { driver_.closed(); });
        finish(driver_.validating, [&] { driver_.validated(); });
        finish(driver_.resetting, [&] { driver_.was_reset(); });
        finish(driver_.opening, [&] { driver_.opened(); });
        for (auto* const waiter : std::exchange(driver_.nudged, {})) {
            driver_.look_again(*waiter);
        }
    }
    void forget_the_gone() {
        std::erase_if(driver_.waiters, [&](const auto& waiter) {
            const bool is_gone = waiter->hook.list == nullptr && waiter->slot == nullptr;
            if (is_gone) {
                std::erase(driver_.nudged, waiter.get());
                std::erase(driver_.woken, waiter.get());
            }
            return is_gone;
        });
    }

    void check() {
        check_order();
        check_reserves();
        std::vector<const Slot*> owned;
        for (const auto* user : lent()) {
            if (user->slot->state != State::kLent) {
                throw std::logic_error{"somebody holds a connection that is not lent"};
            }
            owned.push_back(user->slot);
        }
        std::sort(owned.begin(), owned.end());
        if (std::adjacent_find(owned.begin(), owned.end()) != owned.end()) {
            throw std::logic_error{"two callers hold one connection"};
        }
        if (owned.size() != driver_.count(State::kLent)) {
            throw std::logic_error{"a connection is lent to nobody"};
        }
        const bool is_nudged =
            std::any_of(driver_.waiters.begin(), driver_.waiters.end(), [](const auto& one) {
                return one->hook.list != nullptr && one->is_nudged;
            });
        const auto stats = driver_.machine.stats();
        if (!is_nudged && stats.idle > 0 && stats.waiting - stats.held_back > stats.validating) {
            throw std::logic_error{
                "somebody waits while a connection is idle, and nobody was told"};
        }
    }
    void check_reserves() {
        const auto& options = driver_.machine.options();
        std::array<std::uint32_t, core::kPriorities> held{};
        for (const auto* user : lent()) {
            ++held[static_cast<std::size_t>(user->priority)];
        }
        if (held[2] + held[1] + options.reserve.high > options.max_size ||
            held[2] + options.reserve.high + options.reserve.normal > options.max_size) {
            throw std::logic_error{"what is reserved was lent to a less urgent caller"};
        }
    }
    // Before somebody more urgent a caller is served only when enough of them went before.
    void check_turn(const Waiter& served, const Waiter& other) {
        if (other.priority == served.priority && other.since < served.since) {
            throw std::logic_error{"somebody was served before one who came earlier"};
        }
        if (other.priority < served.priority &&
            passed_[static_cast<std::size_t>(served.priority)] < core::WaitQueue::kMostPassed) {
            throw std::logic_error{"somebody was served before one who is more urgent"};
        }
    }
    void note_turn(const Waiter& served) {
        auto priority = static_cast<std::size_t>(served.priority);
        passed_[priority] = 0;
        while (++priority < passed_.size()) {
            ++passed_[priority];
        }
    }
    // Whoever was woken with a connection goes before all who still wait.
    void check_order() {
        for (const auto* const served : std::exchange(driver_.woken, {})) {
            if (served->outcome == Outcome::kPending) {
                throw std::logic_error{"somebody was woken without an outcome"};
            }
            if (served->outcome != Outcome::kGranted) {
                continue;
            }
            for (const auto* const other : waiting()) {
                check_turn(*served, *other);
            }
            note_turn(*served);
        }
    }

    std::mt19937 random_;
    bool has_priorities_ = false;
    std::array<std::uint32_t, core::kPriorities> passed_{};
    MachineDriver driver_;
    int step_ = 0;
};

TEST_CASE("whatever happens in whatever order, the machine's promises hold", "[unit][core]") {
    const auto window = GENERATE(0us, 3000us);
    for (std::uint32_t seed = 1; seed <= 150; ++seed) {
        INFO("seed " << seed << ", bypass_window " << window.count() << " us");
        RandomPlay play{seed, window};
        try {
            play.play(400);
        } catch (const std::exception& error) {
            FAIL("step " << play.step() << ": " << error.what());
        }
    }
}

}  // namespace
}  // namespace cistern::test
