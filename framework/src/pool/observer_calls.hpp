#pragma once

#include <cistern/pool_observer.hpp>

#include <memory>

namespace cistern {

// The observer, if there is one. What it throws ends here: nobody asked for its opinion.
class ObserverCalls {
public:
    explicit ObserverCalls(std::shared_ptr<PoolObserver> observer) noexcept
        : observer_{std::move(observer)} {}

    template <class Call>
    void tell(Call&& call) const noexcept {
        if (observer_ != nullptr) {
            try {
                call(*observer_);
            } catch (...) {
            }
        }
    }

private:
    std::shared_ptr<PoolObserver> observer_;
};

}  // namespace cistern
