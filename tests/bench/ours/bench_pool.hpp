#pragma once

#include <cistern/cistern.hpp>
#include <cistern/stub/session.hpp>

#include <cstdint>
#include <string>

namespace cistern::bench {

struct BenchPoolOptions {
    std::uint32_t min_idle = 32;
    std::uint32_t max_size = 32;
    std::string bypass_window = "0ms";
    std::string connect_cost = "0ms";
};

// A pool as an application has it: made by a Runtime from a plugin, with leases watched for leaks
// and everything counted. All of min_idle is open.
//
// Thread safety:  borrow() and pool() may be called by any number of threads at once.
class BenchPool {
public:
    using Held = Lease<stub::Session>;

    explicit BenchPool(const BenchPoolOptions& options);

    [[nodiscard]] Held borrow() { return pool_->acquire(); }
    [[nodiscard]] Pool<stub::Session>& pool() { return *pool_; }

private:
    Runtime runtime_;
    Pool<stub::Session>* pool_;
};

}  // namespace cistern::bench
