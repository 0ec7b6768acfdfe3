#pragma once

#include "connector_suite.hpp"
#include "support/tcp_gate.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace cistern::conformance {

// Longer than any correct call takes on a slow machine, and shorter than a test may last.
inline constexpr std::chrono::seconds kAmple{15};
// Long enough for a server on this machine to answer, and short enough to wait for in a test.
inline constexpr std::chrono::milliseconds kBrief{300};

// The pool's own tasks run on each of these, and so do those that borrow in a Scene.
[[nodiscard]] const std::vector<std::string>& backends();

// A runtime with one pool for the connector under test.
[[nodiscard]] Runtime make_runtime(const ConnectorQuirks& quirks, Texts settings, Texts options);

// A server, a gate in front of it, and a pool that connects through the gate.
class Scene {
public:
    Scene(const ConnectorQuirks& quirks, const std::string& backend, Texts options = {});

    [[nodiscard]] test::TcpGate& gate() noexcept { return gate_; }
    [[nodiscard]] AnyPool& pool() noexcept { return *pool_; }
    [[nodiscard]] std::unique_ptr<AnyLease> acquire() { return pool_->acquire(kAmple); }
    // Borrows, exchanges, gives back.
    void use() { acquire()->exchange(kAmple); }
    // Waits until no connection is on its way between two borrowers.
    void settle();

private:
    std::unique_ptr<Server> server_;
    test::TcpGate gate_;
    Runtime runtime_;
    std::unique_ptr<AnyPool> pool_;
};

// What a call ended with.
struct Outcome {
    enum class Kind { kNoError, kFrameworkError, kForeignError };
    Kind kind = Kind::kNoError;
    bool is_timeout = false;        // a deadline passed
    bool is_connect_error = false;  // or one of its kin
    std::string text;
    std::chrono::nanoseconds took{};
};

[[nodiscard]] Outcome outcome_of(const std::function<void()>& call);

}  // namespace cistern::conformance
