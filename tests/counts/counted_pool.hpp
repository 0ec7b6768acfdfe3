#pragma once

#include <cistern/pool.hpp>
#include <cistern/pool_options.hpp>

#include <memory>

namespace cistern::test {

class CountedSession {
public:
    CountedSession() = default;
    CountedSession(const CountedSession&) = delete;
    CountedSession& operator=(const CountedSession&) = delete;
    virtual ~CountedSession() = default;

    long uses = 0;
};

// A pool of optimised code on real threads, all of whose connections are open; the pool stays for
// as long as the program does. Leases are stamped and watched for leaks, as in production.
[[nodiscard]] CISTERN_API Pool<CountedSession>& counted_pool(PoolOptions options);

}  // namespace cistern::test
