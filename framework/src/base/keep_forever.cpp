#include "base/keep_forever.hpp"

#include <atomic>
#include <utility>

namespace cistern {
namespace {

struct Kept {
    std::shared_ptr<const void> what;
    Kept* next = nullptr;
};

constinit std::atomic<Kept*> newest{nullptr};

}  // namespace

void keep_forever(std::shared_ptr<const void> what) {
    auto* const kept = new Kept{std::move(what), newest.load(std::memory_order_relaxed)};
    while (!newest.compare_exchange_weak(
        kept->next, kept, std::memory_order_release, std::memory_order_relaxed)) {
    }
}

}  // namespace cistern
