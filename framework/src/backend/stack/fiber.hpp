#pragma once

#include "backend/stack/sanitizers.hpp"
#include "backend/stack/stack_source.hpp"

#include <boost/context/fiber.hpp>

#include <functional>
#include <memory>

namespace cistern {

// A function with a stack of its own, which runs when it is resumed and stops where it suspends
// itself. C++ keeps its exceptions in flight per thread; here each fiber has its own set, so that
// one may wait inside a `catch` while another throws.
//
// Thread safety:  none. It may be resumed by one thread after another, with synchronisation.
// Ownership:      must have ended when it is destroyed, or have never begun.
class Fiber {
public:
    // `work` must not throw.
    Fiber(std::shared_ptr<StackSource> stacks, std::function<void()> work);
    Fiber(const Fiber&) = delete;
    Fiber& operator=(const Fiber&) = delete;
    ~Fiber();

    // Runs it until it suspends itself or ends. Called from outside any fiber.
    // REQUIRES: it has not ended
    void resume();
    // Goes back to whoever resumed this fiber. Called from inside it.
    void suspend();
    [[nodiscard]] bool has_begun() const noexcept { return has_begun_; }
    [[nodiscard]] bool has_ended() const noexcept { return has_ended_; }

private:
    // The state of the C++ runtime that belongs to a thread of control: opaque, two words.
    struct ExceptionState {
        void* caught = nullptr;
        unsigned int uncaught = 0;
    };
    void exchange_exceptions() noexcept;

    std::function<void()> work_;
    ExceptionState exceptions_;  // the other side's: the fiber's while it is suspended
    sanitizers::Stack stack_;
    sanitizers::Stack resumer_stack_;
    bool has_begun_ = false;
    bool has_ended_ = false;
    boost::context::fiber resumer_;
    boost::context::fiber context_;
};

}  // namespace cistern
