#pragma once

#include <cstdint>
#include <mutex>

namespace cistern {

// How several listeners of a fork take one lock that they share: the first one takes it, the last
// one lets go.
//
// Thread safety:  for the thread that forks, while it tells listeners of it.
class ForkHold {
public:
    void take(std::mutex& mutex) noexcept {
        if (holders_++ == 0) {
            mutex.lock();
        }
    }
    void let_go(std::mutex& mutex) noexcept {
        if (--holders_ == 0) {
            mutex.unlock();
        }
    }

private:
    std::uint32_t holders_ = 0;
};

}  // namespace cistern
