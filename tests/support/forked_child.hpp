#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

namespace cistern::test {

// Runs something in a child of fork(), and tells what came of it. The child never comes back into
// the test program: it reports through a pipe and ends by _exit().
//
// Thread safety:  none.
// Waiting:        a child that hangs is ended after a generous time, and its report says so.
class ForkedChild {
public:
    // Returns what was wrong; nothing, if all was well. What it throws counts as wrong.
    using Body = std::function<std::string()>;

    explicit ForkedChild(const Body& body);
    ForkedChild(const ForkedChild&) = delete;
    ForkedChild& operator=(const ForkedChild&) = delete;
    ~ForkedChild();

    // Waits for its end. What its body returned, or how it ended instead.
    [[nodiscard]] std::string report();

private:
    pid_t process_ = -1;
    int reports_ = -1;
};

[[nodiscard]] inline std::string in_child(const ForkedChild::Body& body) {
    return ForkedChild{body}.report();
}

// Two processes meet: one waits until the other one has passed, or has ended.
class ForkGate {
public:
    ForkGate();
    ForkGate(const ForkGate&) = delete;
    ForkGate& operator=(const ForkGate&) = delete;
    ~ForkGate();

    void open();
    void wait();

private:
    int ends_[2]{-1, -1};
};

}  // namespace cistern::test
