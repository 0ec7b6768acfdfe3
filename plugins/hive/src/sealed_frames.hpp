#pragma once

#include "sasl_layer.hpp"
#include "wire_bytes.hpp"

#include <cistern/stream.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace hive {

// SASL's frames behind a security layer. A frame can be judged only whole, so each is held in
// memory, sealed and plain, until the next.
//
// Thread safety:  none.
class SealedFrames final : public WireBytes {
public:
    SealedFrames(cistern::Stream& stream,
                 std::unique_ptr<SaslLayer> layer,
                 std::uint64_t max_frame_size) noexcept
        : stream_{stream}, layer_{std::move(layer)}, max_frame_size_{max_frame_size} {}

    std::size_t read_some(char* buffer, std::size_t size, cistern::Deadline deadline) override;
    void write_message(std::string_view message, cistern::Deadline deadline) override;
    [[nodiscard]] bool has_unread() const noexcept override {
        return is_in_frame_ || read_ != plain_.size();
    }

private:
    bool read_frame(cistern::Deadline deadline);
    [[nodiscard]] std::size_t receive(char* buffer, std::size_t size, cistern::Deadline deadline);

    cistern::Stream& stream_;
    const std::unique_ptr<SaslLayer> layer_;
    const std::uint64_t max_frame_size_;
    std::string plain_;
    std::size_t read_ = 0;      // of plain_
    bool is_in_frame_ = false;  // some of a frame was read and not all: the stream is out of step
};

}  // namespace hive
