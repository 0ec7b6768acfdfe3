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

// A pool of optimised code on real threads, all of whose connections are open and have been used.
// Leases are stamped and watched for leaks, as in production. Copies share it; the last one closes
// it.
class CISTERN_API CountedPool {
public:
    explicit CountedPool(PoolOptions options);

    [[nodiscard]] Pool<CountedSession>& operator*() const noexcept;

private:
    struct Parts;
    std::shared_ptr<Parts> parts_;
};

}  // namespace cistern::test
