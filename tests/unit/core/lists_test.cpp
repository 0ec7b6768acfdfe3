#include "core/due_heap.hpp"
#include "core/idle_list.hpp"
#include "core/wait_queue.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <optional>
#include <random>

namespace cistern::core {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a wait queue serves waiters in the order they came", "[unit][core]") {
    std::array<Waiter, 3> waiters;
    WaitQueue queue;
    for (auto& waiter : waiters) {
        queue.push_back(waiter);
    }
    for (auto& waiter : waiters) {
        CHECK(queue.pop_front() == &waiter);
    }
    CHECK(queue.pop_front() == nullptr);
}

TEST_CASE("a waiter can leave a wait queue from anywhere", "[unit][core]") {
    std::array<Waiter, 4> waiters;
    WaitQueue queue;
    for (auto& waiter : waiters) {
        queue.push_back(waiter);
    }
    queue.erase(waiters[1]);
    queue.erase(waiters[3]);
    queue.erase(waiters[0]);
    CHECK(queue.size() == 1);
    CHECK(queue.front() == &waiters[2]);
    CHECK_FALSE(queue.contains(waiters[0]));
    queue.push_back(waiters[0]);
    CHECK(queue.pop_front() == &waiters[2]);
    CHECK(queue.pop_front() == &waiters[0]);
}

TEST_CASE("who returns to a wait queue stands where he would have stood", "[unit][core]") {
    std::array<Waiter, 3> waiters;
    WaitQueue queue;
    waiters[0].since = 1s;
    waiters[1].since = 2s;
    waiters[2].since = 3s;
    queue.push_back(waiters[0]);
    queue.push_back(waiters[2]);
    queue.push_in_place(waiters[1]);
    CHECK(queue.pop_front() == &waiters[0]);
    CHECK(queue.pop_front() == &waiters[1]);
    CHECK(queue.pop_front() == &waiters[2]);
}

TEST_CASE("an idle list keeps the longest idle in front, whoever comes back late", "[unit][core]") {
    std::array<Slot, 3> slots;
    IdleList list{LendOrder::kLifo, 3};
    for (std::uint32_t i = 0; i < 3; ++i) {
        slots[i].index = i;
        slots[i].idle_since = std::chrono::seconds{i};
    }
    list.insert(slots[2]);
    list.insert(slots[0]);
    list.insert(slots[1]);
    CHECK(list.longest_idle() == &slots[0]);
    CHECK(list.next_to_lend() == &slots[2]);
    list.erase(slots[0]);
    CHECK(list.longest_idle() == &slots[1]);
    CHECK(list.size() == 2);
}

TEST_CASE("an empty idle list has nothing to lend, in any order", "[unit][core]") {
    const auto order = GENERATE(LendOrder::kLifo, LendOrder::kFifo, LendOrder::kOldest);
    Slot slot;
    IdleList list{order, 1};
    CHECK(list.next_to_lend() == nullptr);
    list.insert(slot);
    CHECK(list.next_to_lend() == &slot);
    list.erase(slot);
    CHECK(list.next_to_lend() == nullptr);
}

TEST_CASE("a due heap agrees with a plain search at every step", "[unit][core]") {
    constexpr std::uint32_t kSize = 37;
    constexpr std::uint32_t kSeed = 20260;
    std::mt19937 random{kSeed};
    DueHeap heap{kSize};
    std::array<std::optional<DueHeap::Key>, kSize> plain;
    for (int step = 0; step < 20'000; ++step) {
        const auto index = static_cast<std::uint32_t>(random() % kSize);
        if (random() % 3 == 0) {
            heap.erase(index);
            plain[index].reset();
        } else {
            const auto key = static_cast<DueHeap::Key>(random() % 1000);
            heap.set(index, key);
            plain[index] = key;
        }
        std::optional<DueHeap::Key> least;
        for (const auto& key : plain) {
            if (key && (!least || *key < *least)) {
                least = key;
            }
        }
        INFO("seed " << kSeed << ", step " << step);
        REQUIRE(heap.empty() == !least.has_value());
        if (least) {
            REQUIRE(heap.first_key() == *least);
            REQUIRE(plain[heap.first()] == least);
        }
    }
}

}  // namespace
}  // namespace cistern::core
