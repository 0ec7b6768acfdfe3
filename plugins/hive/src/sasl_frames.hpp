#pragma once

#include "wire_bytes.hpp"

#include <cistern/stream.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace hive {

// Once SASL has authenticated the peers without a security layer: each message travels behind its
// length. Where frames begin and end says nothing about messages, so a reader sees bytes only, and
// no frame is ever held in memory.
class SaslFrames final : public WireBytes {
public:
    SaslFrames(cistern::Stream& stream, std::uint64_t max_frame_size) noexcept
        : stream_{stream}, max_frame_size_{max_frame_size} {}

    std::size_t read_some(char* buffer, std::size_t size, cistern::Deadline deadline) override;
    void write_message(std::string_view message, cistern::Deadline deadline) override;
    [[nodiscard]] bool has_unread() const noexcept override { return begin_ != end_ || left_ != 0; }

private:
    bool read_head(cistern::Deadline deadline);
    std::size_t fill(cistern::Deadline deadline);
    [[noreturn]] void fail_closed() const;

    cistern::Stream& stream_;
    const std::uint64_t max_frame_size_;
    std::array<char, 4096> buffer_{};
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::uint64_t left_ = 0;  // of the frame that is being read
};

}  // namespace hive
