#pragma once

#include "backend/stack/stack_source.hpp"

#include <boost/context/protected_fixedsize_stack.hpp>

#include <vector>

namespace cistern::simulation {

// Stacks for tasks, each with a page at its end that faults. Mapping one costs more than a whole
// task, so they are kept from one run to the next.
//
// Thread safety:  none.
// Ownership:      outlives every fiber that runs on one of its stacks.
class StackPool final : public StackSource {
public:
    StackPool() noexcept;
    ~StackPool() override;

    [[nodiscard]] boost::context::stack_context take() override;
    void give_back(boost::context::stack_context stack) noexcept override;

private:
    boost::context::protected_fixedsize_stack source_;
    std::vector<boost::context::stack_context> free_;
};

}  // namespace cistern::simulation
