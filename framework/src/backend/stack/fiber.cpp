#include "backend/stack/fiber.hpp"

#include <cxxabi.h>

#include <cstring>
#include <utility>

namespace cistern {

namespace {

// Notes where the stack lies on its way through.
class NotedStack {
public:
    NotedStack(SourcedStack source, sanitizers::Stack& noted) : source_{std::move(source)} {
        stack_ = source_.allocate();
        noted.size = stack_.size;
        noted.bottom = static_cast<const char*>(stack_.sp) - stack_.size;
    }
    [[nodiscard]] boost::context::stack_context allocate() const noexcept { return stack_; }
    void deallocate(boost::context::stack_context& stack) noexcept { source_.deallocate(stack); }

private:
    SourcedStack source_;
    boost::context::stack_context stack_;
};

}  // namespace

Fiber::Fiber(std::shared_ptr<StackSource> stacks, std::function<void()> work)
    : work_{std::move(work)} {
    sanitizers::make_fiber(stack_);
    context_ = boost::context::fiber{std::allocator_arg,
                                     NotedStack{SourcedStack{std::move(stacks)}, stack_},
                                     [this](boost::context::fiber&& resumer) {
                                         sanitizers::after_switch(stack_, resumer_stack_);
                                         resumer_ = std::move(resumer);
                                         work_();
                                         work_ = nullptr;
                                         has_ended_ = true;
                                         sanitizers::before_switch(stack_, resumer_stack_, true);
                                         return std::move(resumer_);
                                     }};
}

Fiber::~Fiber() {
    sanitizers::destroy_fiber(stack_);
}

void Fiber::resume() {
    has_begun_ = true;
    exchange_exceptions();
    sanitizers::Stack here;
    sanitizers::Stack ignored;
    sanitizers::before_switch(here, stack_, false);
    resumer_stack_.fiber = here.fiber;
    context_ = std::move(context_).resume();
    sanitizers::after_switch(here, ignored);
    exchange_exceptions();
}

void Fiber::suspend() {
    sanitizers::before_switch(stack_, resumer_stack_, false);
    resumer_ = std::move(resumer_).resume();
    sanitizers::after_switch(stack_, resumer_stack_);
}

// The layout is fixed by the Itanium C++ ABI.
void Fiber::exchange_exceptions() noexcept {
    ExceptionState current;
    auto* const globals = abi::__cxa_get_globals();
    std::memcpy(static_cast<void*>(&current), globals, sizeof current);
    std::memcpy(static_cast<void*>(globals), &exceptions_, sizeof exceptions_);
    exceptions_ = current;
}

}  // namespace cistern
