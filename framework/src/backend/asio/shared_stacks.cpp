#include "backend/asio/shared_stacks.hpp"

#include "backend/stack/sanitizers.hpp"

#include <boost/context/protected_fixedsize_stack.hpp>

#include <cstddef>

namespace cistern {
namespace {

// Connectors expect what a thread has, within reason; memory follows what is used.
constexpr std::size_t kSize = 512 * 1024;
constexpr std::size_t kMostKept = 64;

}  // namespace

const std::shared_ptr<SharedStacks>& SharedStacks::instance() {
    // Never destroyed: a task may end after what is static.
    static const auto& stacks = *new std::shared_ptr{[] {
        auto made = std::make_shared<SharedStacks>();
        made->free_.reserve(kMostKept);
        return made;
    }()};
    return stacks;
}

// Nobody waits for the lock: in a child of fork() another thread may have had it, for ever.
boost::context::stack_context SharedStacks::take() {
    {
        const std::unique_lock lock{mutex_, std::try_to_lock};
        if (lock && !free_.empty()) {
            const auto stack = free_.back();
            free_.pop_back();
            return stack;
        }
    }
    return boost::context::protected_fixedsize_stack{kSize}.allocate();
}

void SharedStacks::give_back(boost::context::stack_context stack) noexcept {
    sanitizers::stack_is_fresh(static_cast<const char*>(stack.sp) - stack.size, stack.size);
    {
        const std::unique_lock lock{mutex_, std::try_to_lock};
        if (lock && free_.size() < kMostKept) {
            free_.push_back(stack);
            return;
        }
    }
    boost::context::protected_fixedsize_stack{kSize}.deallocate(stack);
}

}  // namespace cistern
