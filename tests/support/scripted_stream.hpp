#pragma once

#include "support/manual_clock.hpp"

#include <cistern/stream.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace cistern::test {

// What the peer of a ScriptedStream does, and what was written to it. It is shared with the stream,
// so a test can still look at it when the connection that owned the stream is gone.
//
//     auto script = std::make_shared<StreamScript>();
//     script->sends("+OK\r\n").in_chunks_of(1);
//     ScriptedStream stream{script};
//
// When the peer has nothing more to say, a read waits: the clock moves to the deadline and
// DeadlineExceeded comes. With no deadline to wait for, the test is wrong: std::logic_error.
// Offsets count from the first byte of each direction.
//
// Thread safety:  none, save that a test may look once the stream is no longer used.
class StreamScript {
public:
    // Called after each write with what that write sent; what it returns is what the peer answers.
    using Responder = std::function<std::string(std::string_view just_written)>;

    explicit StreamScript(
        std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>()) noexcept
        : clock_{std::move(clock)} {}

    // -- What the peer does ---------------------------------------------------------------------
    StreamScript& sends(std::string_view bytes);
    StreamScript& answers(Responder responder);
    // After all it has sent.
    StreamScript& then_closes();

    // -- How its bytes arrive -------------------------------------------------------------------
    // ----------------------------------------------------------------------- No read returns more
    // than `size` bytes.
    StreamScript& in_chunks_of(std::size_t size);
    // No read returns bytes from both sides of `offset`.
    StreamScript& split_at(std::size_t offset);
    // Every read and every write takes this long.
    StreamScript& each_call_takes(std::chrono::nanoseconds duration);

    // -- What goes wrong ------------------------------------------------------------------------
    // ---------------------------------------------------------------------------- Bytes before the
    // offset still pass; then comes IoError, or the deadline passes.
    StreamScript& read_fails_at(std::size_t offset);
    StreamScript& read_stalls_at(std::size_t offset);
    StreamScript& write_fails_at(std::size_t offset);
    StreamScript& write_stalls_at(std::size_t offset);

    // -- What was seen --------------------------------------------------------------------------
    // ------------------------------------------------------------------------------ Everything
    // that passed, and the same one write_all() each.
    [[nodiscard]] const std::string& written() const noexcept { return written_; }
    [[nodiscard]] const std::vector<std::string>& writes() const noexcept { return writes_; }
    [[nodiscard]] std::size_t bytes_read() const noexcept { return read_; }
    [[nodiscard]] std::string_view unread() const noexcept {
        return std::string_view{incoming_}.substr(read_);
    }
    // The deadline that the last read or write came with.
    [[nodiscard]] std::optional<Deadline> last_deadline() const noexcept { return last_deadline_; }
    [[nodiscard]] std::size_t open_streams() const noexcept { return open_streams_; }
    [[nodiscard]] ManualClock& clock() const noexcept { return *clock_; }

private:
    friend class ScriptedStream;

    std::shared_ptr<ManualClock> clock_;
    Responder responder_;
    std::string incoming_;
    std::string written_;
    std::vector<std::string> writes_;
    std::set<std::size_t> splits_;
    std::optional<std::size_t> read_fails_at_;
    std::optional<std::size_t> read_stalls_at_;
    std::optional<std::size_t> write_fails_at_;
    std::optional<std::size_t> write_stalls_at_;
    std::optional<Deadline> last_deadline_;
    std::chrono::nanoseconds duration_{};
    std::size_t chunk_ = static_cast<std::size_t>(-1);
    std::size_t read_ = 0;
    std::size_t open_streams_ = 0;
    bool closes_ = false;
};

// The stream itself, for protocol code to read and write. Its state() follows the contract of
// Stream.
//
// Thread safety:  none, as for any stream.
class ScriptedStream final : public Stream {
public:
    explicit ScriptedStream(std::shared_ptr<StreamScript> script, std::string peer = "scripted:1");
    ~ScriptedStream() override;

    std::size_t read_some(char* buffer, std::size_t size, Deadline deadline) override;
    void write_all(std::string_view bytes, Deadline deadline) override;
    [[nodiscard]] Deadline deadline_after(Timeout timeout) const override;
    [[nodiscard]] StreamState state() const noexcept override;
    void set_one_way(bool one_way) noexcept override { one_way_ = one_way; }
    [[nodiscard]] std::string peer() const override { return peer_; }
    std::size_t take_arrived(char* buffer, std::size_t size) noexcept override;

private:
    void begin(Deadline deadline);
    void spend_time(Deadline deadline);
    [[noreturn]] void fail(const char* what);
    [[noreturn]] void stall(Deadline deadline, const char* what);
    [[nodiscard]] std::size_t readable() const noexcept;

    const std::shared_ptr<StreamScript> script_;
    const std::string peer_;
    bool failed_ = false;
    bool reply_owed_ = false;
    bool one_way_ = false;
};

}  // namespace cistern::test
