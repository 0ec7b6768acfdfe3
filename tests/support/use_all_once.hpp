#pragma once

#include <cistern/pool.hpp>

#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

namespace cistern::test {

// Lends each of the pool's `open` connections once. Its first return teaches the pool that there is
// nothing to reset, which takes a task; afterwards the pool is as one that has run for a while.
template <class Session>
void use_all_once(Pool<Session>& pool, std::uint32_t open) {
    std::vector<Lease<Session>> leases;
    for (std::uint32_t i = 0; i < open; ++i) {
        leases.push_back(pool.acquire());
    }
    leases.clear();
    while (pool.stats().idle < open) {
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
}

}  // namespace cistern::test
