#pragma once

#include <boost/context/protected_fixedsize_stack.hpp>
#include <boost/context/stack_context.hpp>

#include <memory>
#include <vector>

namespace cistern::simulation {

// Stacks for tasks, each with a page at its end that faults. Mapping one costs more than a whole
// task, so they are kept from one run to the next.
//
// Thread safety:  none.
// Ownership:      outlives every fiber that runs on one of its stacks.
class StackPool {
public:
    StackPool() noexcept;
    StackPool(const StackPool&) = delete;
    StackPool& operator=(const StackPool&) = delete;
    ~StackPool();

    [[nodiscard]] boost::context::stack_context take();
    void give_back(boost::context::stack_context stack) noexcept;

private:
    boost::context::protected_fixedsize_stack source_;
    std::vector<boost::context::stack_context> free_;
};

// The same, as Boost.Context asks for its stacks.
class PooledStack {
public:
    explicit PooledStack(std::shared_ptr<StackPool> pool) noexcept : pool_{std::move(pool)} {}
    [[nodiscard]] boost::context::stack_context allocate() { return pool_->take(); }
    void deallocate(boost::context::stack_context& stack) noexcept { pool_->give_back(stack); }

private:
    std::shared_ptr<StackPool> pool_;
};

}  // namespace cistern::simulation
