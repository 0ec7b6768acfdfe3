#pragma once

#include <boost/context/stack_context.hpp>

#include <memory>
#include <utility>

namespace cistern {

// Where fibers have their stacks from.
//
// Ownership:      outlives every fiber that runs on one of its stacks.
class StackSource {
public:
    StackSource() = default;
    StackSource(const StackSource&) = delete;
    StackSource& operator=(const StackSource&) = delete;
    virtual ~StackSource() = default;

    [[nodiscard]] virtual boost::context::stack_context take() = 0;
    virtual void give_back(boost::context::stack_context stack) noexcept = 0;
};

// The same, as Boost.Context asks for its stacks.
class SourcedStack {
public:
    explicit SourcedStack(std::shared_ptr<StackSource> source) noexcept
        : source_{std::move(source)} {}
    [[nodiscard]] boost::context::stack_context allocate() { return source_->take(); }
    void deallocate(boost::context::stack_context& stack) noexcept { source_->give_back(stack); }

private:
    std::shared_ptr<StackSource> source_;
};

}  // namespace cistern
