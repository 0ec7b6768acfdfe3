#pragma once

#include "descriptor.hpp"
#include "readiness.hpp"

#include <cistern/stream.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace cistern {

// A Stream over a connected non-blocking socket. Small reads are served from a buffer that one
// system call fills; large ones go straight to the caller's memory.
//
// After its deadline a call may still have what had arrived by then, and no more: a peer that sends
// faster than we read cannot keep a call alive for ever.
class SocketStream final : public Stream {
public:
    SocketStream(Descriptor socket, Readiness& readiness, std::string peer) noexcept;
    ~SocketStream() override;

    std::size_t read_some(char* buffer, std::size_t size, Deadline deadline) override;
    void write_all(std::string_view bytes, Deadline deadline) override;
    [[nodiscard]] Deadline deadline_after(Timeout timeout) const override;
    [[nodiscard]] StreamState state() const noexcept override;
    void set_one_way(bool one_way) noexcept override { one_way_ = one_way; }
    [[nodiscard]] std::string peer() const override { return peer_; }
    std::size_t take_arrived(char* buffer, std::size_t size) noexcept override;
    // Stays the stream's.
    [[nodiscard]] int descriptor() const noexcept { return socket_.get(); }

private:
    struct Moved {
        std::size_t bytes = 0;
        int error = 0;  // of errno's kind; zero: it went well
    };

    void check_usable() const;
    [[nodiscard]] std::size_t take_buffered(char* buffer, std::size_t size) noexcept;
    [[nodiscard]] Moved receive_now(char* buffer, std::size_t size) noexcept;
    [[nodiscard]] Moved send_now(std::string_view bytes) const noexcept;
    [[nodiscard]] bool has_served_enough(Deadline deadline) noexcept;
    [[nodiscard]] bool wait(bool for_reading, Deadline deadline);
    [[noreturn]] void fail(const std::string& what, bool outcome_unknown);
    [[noreturn]] void fail_late(const std::string& what, bool outcome_unknown);

    // -- Constant after construction ------------------------------------------------------------
    Descriptor socket_;
    Readiness& readiness_;
    const std::string peer_;
    // -- What the stream remembers --------------------------------------------------------------
    std::vector<char> buffer_;
    std::size_t buffer_begin_ = 0;
    std::size_t buffer_end_ = 0;
    Deadline overdue_ = Deadline::never();  // the last deadline that was found to have passed,
    std::size_t overdue_bytes_ = 0;         // and what may still be read under it
    std::string failure_;
    mutable bool failed_ = false;  // the kernel tells about a reset once, even to who only looks
    bool peer_closed_ = false;
    bool has_written_ = false;
    bool reply_owed_ = false;
    bool one_way_ = false;
};

}  // namespace cistern
