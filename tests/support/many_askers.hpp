#pragma once

#include <cistern/pool.hpp>

#include <atomic>
#include <chrono>
#include <exception>
#include <string>
#include <thread>
#include <vector>

namespace cistern::test {

// Threads that ask lines of their own over one pool of a server that repeats them, by
// `ask(session, line)`. How many questions got another answer, or none.
template <class Session, class Ask>
[[nodiscard]] int wrong_answers(Pool<Session>& pool, int threads, int rounds, Ask ask) {
    std::atomic<int> mistakes{0};
    {
        std::vector<std::jthread> askers;
        for (int asker = 0; asker < threads; ++asker) {
            askers.emplace_back([&, asker] {
                for (int round = 0; round < rounds; ++round) {
                    const auto line = std::to_string(asker) + ' ' + std::to_string(round);
                    try {
                        const auto lease = pool.acquire(std::chrono::seconds{20});
                        mistakes += ask(*lease, line) == line ? 0 : 1;
                    } catch (const std::exception&) {
                        ++mistakes;
                    }
                }
            });
        }
    }
    return mistakes;
}

}  // namespace cistern::test
