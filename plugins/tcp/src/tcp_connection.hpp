#pragma once

#include <cistern/connection.hpp>
#include <cistern/stream.hpp>
#include <cistern/tcp/session.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace tcp {

// The session on one stream. It adds no protocol, so there is nothing for reset() to undo: what is
// left unread or owed is the stream's own state, which the pool looks at.
class TcpConnection final : public cistern::Connection, public Session {
public:
    TcpConnection(std::unique_ptr<cistern::Stream> stream, std::size_t max_line_bytes) noexcept;

    void write(std::string_view bytes, cistern::Timeout timeout) override;
    std::string read(std::size_t max_bytes, cistern::Timeout timeout) override;
    std::string read_exactly(std::size_t size, cistern::Timeout timeout) override;
    std::string read_until(std::string_view delimiter, cistern::Timeout timeout) override;
    std::string read_line(cistern::Timeout timeout) override;
    [[nodiscard]] std::string peer() const override;

    // Sends nothing: no request is known that every server would answer.
    void validate(cistern::Deadline deadline) override;
    [[nodiscard]] bool needs_reset() const noexcept override { return false; }

private:
    const std::unique_ptr<cistern::Stream> stream_;  // closing it ends the session
    const std::size_t max_line_bytes_;
};

}  // namespace tcp
