#pragma once

#include "backend/stack/stack_source.hpp"

#include <memory>
#include <mutex>
#include <vector>

namespace cistern {

// Stacks of tasks, each with a page at its end that faults. Some that are free are kept, for
// mapping one costs more than most tasks.
//
// Thread safety:  every member may be called by any number of threads at once.
class SharedStacks final : public StackSource {
public:
    // Those of this process.
    [[nodiscard]] static const std::shared_ptr<SharedStacks>& instance();

    [[nodiscard]] boost::context::stack_context take() override;
    void give_back(boost::context::stack_context stack) noexcept override;

private:
    std::mutex mutex_;
    std::vector<boost::context::stack_context> free_;  // guarded by mutex_
};

}  // namespace cistern
