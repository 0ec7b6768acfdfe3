#include "backend/simulation/stack_pool.hpp"

#include "backend/stack/sanitizers.hpp"

#include <cstddef>

namespace cistern::simulation {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t kSize = 512 * 1024;
#else
constexpr std::size_t kSize = 128 * 1024;
#endif

}  // namespace

StackPool::StackPool() noexcept : source_{kSize} {}

StackPool::~StackPool() {
    for (auto& stack : free_) {
        source_.deallocate(stack);
    }
}

boost::context::stack_context StackPool::take() {
    if (free_.empty()) {
        return source_.allocate();
    }
    const auto stack = free_.back();
    free_.pop_back();
    return stack;
}

void StackPool::give_back(boost::context::stack_context stack) noexcept {
    sanitizers::stack_is_fresh(static_cast<const char*>(stack.sp) - stack.size, stack.size);
    free_.push_back(stack);
}

}  // namespace cistern::simulation
