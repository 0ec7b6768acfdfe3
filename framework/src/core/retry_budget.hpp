#pragma once

namespace cistern::core {

// Keeps retries from multiplying the load on a server that is failing: each call earns a share of a
// retry, each retry costs a whole one. A small stock lets a program that calls seldom retry at all;
// under steady failure it is used up once and the share is what remains. (The scheme is Finagle's,
// the cap on the stock gRPC's.)
//
// Thread safety:  none.
class RetryBudget {
public:
    // A share of zero allows no retry.
    explicit RetryBudget(double share) noexcept
        : share_{share}, stock_{share > 0.0 ? kLargestStock : 0.0} {}

    void count_call() noexcept {
        stock_ = stock_ + share_ < kLargestStock ? stock_ + share_ : limit();
    }
    // True when one more retry is within the budget, which it then uses.
    [[nodiscard]] bool take() noexcept {
        if (stock_ < 1.0) {
            return false;
        }
        stock_ -= 1.0;
        return true;
    }

private:
    static constexpr double kLargestStock = 10.0;
    [[nodiscard]] double limit() const noexcept { return share_ > 0.0 ? kLargestStock : 0.0; }

    double share_;
    double stock_;
};

}  // namespace cistern::core
