#pragma once

#include "support/scripted_stream.hpp"

#include <cistern/stream.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cistern::test {

// A point at which I/O may end otherwise than well.
enum class Boundary {
    kConnect,
    kSleep,
    kRead,         // before any byte of it
    kWrite,        // before any byte of it
    kHalfWritten,  // the peer has got a part that it can do nothing with
    kWritten,      // the peer has got all, and may have answered
};

[[nodiscard]] std::string_view to_string(Boundary boundary) noexcept;

// An IoContext of scripted streams that interrupts one boundary, the k-th from when it was asked
// to:
//
//     InterruptedIo io{[](StreamScript& script) { script.answers(...); }};
//     io.interrupt(k, [](Boundary, Deadline) { throw IoError{"reset"}; });
//     ...;
//     if (!io.interrupted()) { /* there are not so many boundaries */ }
//
// Unlike real ones, its streams would go on after they were interrupted by an exception: what is
// used over them has to protect itself. They count who uses them nevertheless.
//
// Thread safety:  none.
// Ownership:      outlives its streams.
class InterruptedIo final : public IoContext {
public:
    // What happens at the boundary; what it throws comes out of the read, write, connect or sleep.
    using Interruption = std::function<void(Boundary, Deadline)>;
    // Says what the peer of a new stream does.
    using Peer = std::function<void(StreamScript&)>;

    explicit InterruptedIo(Peer peer) : peer_{std::move(peer)} {}

    void interrupt(std::size_t boundary, Interruption interruption);
    // Nothing any more, if the boundary has not been reached.
    void let_pass() noexcept { interruption_ = nullptr; }
    // What was interrupted, once it was.
    [[nodiscard]] std::optional<Boundary> interrupted() const noexcept { return interrupted_; }

    // Reads and writes on streams that had thrown before.
    [[nodiscard]] int uses_after_failure() const noexcept { return uses_after_failure_; }
    [[nodiscard]] int opened() const noexcept { return opened_; }
    [[nodiscard]] std::size_t open_streams() const noexcept { return streams_.size(); }
    // As the pool asks: nothing unread, owed or failed on any stream.
    [[nodiscard]] bool is_quiet() const noexcept;

    std::unique_ptr<Stream> connect_tcp(const Endpoint& to, Deadline deadline) override;
    std::unique_ptr<Stream> connect_unix(const std::string& path, Deadline deadline) override;
    [[nodiscard]] const Clock& clock() const noexcept override { return *clock_; }
    [[nodiscard]] ManualClock& manual_clock() noexcept { return *clock_; }
    // Moves the clock.
    void sleep_until(Deadline deadline) override;

private:
    class InterruptedStream;

    void pass(Boundary boundary, Deadline deadline);
    std::unique_ptr<Stream> open(std::string to, Deadline deadline);

    const std::shared_ptr<ManualClock> clock_ = std::make_shared<ManualClock>();
    const Peer peer_;
    Interruption interruption_;  // null: nothing more to interrupt
    std::size_t left_ = 0;       // boundaries to pass before it
    std::optional<Boundary> interrupted_;
    std::vector<const InterruptedStream*> streams_;
    int opened_ = 0;
    int uses_after_failure_ = 0;
};

}  // namespace cistern::test
