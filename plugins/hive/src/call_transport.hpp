#pragma once

#include "wire_bytes.hpp"

#include <cistern/deadline.hpp>

#include <thrift/transport/TVirtualTransport.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace hive {

// Thrift's transport over our bytes: one deadline and one allowance of bytes for each call.
// Thrift's own limit misses what is read in large pieces, so it is not relied on.
//
// Thread safety:  none.
// Errors:         what the stream throws; ProtocolError for what the allowance does not cover.
class CallTransport final : public apache::thrift::transport::TVirtualTransport<CallTransport> {
public:
    CallTransport(std::unique_ptr<WireBytes> bytes,
                  std::string peer,
                  std::uint64_t max_message_size);

    // Starts a call: forgets what was written, renews the allowance. Throws when bytes of an
    // earlier reply are left, because the replies are then out of step.
    void begin_call(cistern::Deadline deadline);
    // True once some of the request may have left.
    [[nodiscard]] bool request_sent() const noexcept { return sent_; }
    [[nodiscard]] bool has_unread() const noexcept {
        return begin_ != end_ || bytes_->has_unread();
    }
    // Bytes of replies read since begin_call().
    [[nodiscard]] std::uint64_t reply_size() const noexcept { return allowance_ - left_; }

    // The reply's first byte, which stays unread; empty when the peer closed instead of replying.
    [[nodiscard]] std::optional<std::uint8_t> first_byte();
    // Some of the next bytes, at least one and `size` at most, valid until the next call.
    [[nodiscard]] std::string_view take_some(std::size_t size);
    void read_exactly(char* buffer, std::size_t size);
    [[nodiscard]] std::uint8_t read_byte();
    [[nodiscard]] std::int32_t read_i32();

    // Throws unless `size` more bytes are within the allowance: asked before memory is taken for
    // them.
    void expect(std::uint64_t size) const;
    // Takes room for `count` elements of a container from the allowance for memory: a container's
    // elements may need many times the bytes they travel in.
    void charge_elements(std::uint64_t count);

    // What Thrift calls.
    [[nodiscard]] bool isOpen() const override { return true; }
    std::uint32_t read(std::uint8_t* buffer, std::uint32_t size);
    std::uint32_t readAll(std::uint8_t* buffer, std::uint32_t size);
    void write(const std::uint8_t* buffer, std::uint32_t size);
    void flush() override;
    const std::uint8_t* borrow(std::uint8_t* buffer, std::uint32_t* size);
    void consume(std::uint32_t size);

private:
    static constexpr std::size_t kBufferSize = 64 * 1024;

    void fill();
    void spend(std::uint64_t size);
    [[noreturn]] void refuse_size() const;
    [[noreturn]] void fail_closed() const;

    const std::unique_ptr<WireBytes> bytes_;
    const std::string peer_;
    const std::uint64_t allowance_;
    const std::unique_ptr<std::array<char, kBufferSize>> buffer_;
    std::string request_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::uint64_t left_ = 0;
    std::uint64_t memory_left_ = 0;
    cistern::Deadline deadline_ = cistern::Deadline::never();
    bool sent_ = false;
};

}  // namespace hive
