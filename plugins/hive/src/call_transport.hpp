#pragma once

#include "arena.hpp"
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
    // The reply to what was written may take until then.
    void await_until(cistern::Deadline deadline) noexcept { deadline_ = deadline; }
    // From here on the reply's bytes stay in `arena`, where position() counts from its beginning;
    // null: they do not stay. REQUIRES: nothing unread, or null
    void keep_in(Arena* arena) noexcept;
    // True once some of the request may have left.
    [[nodiscard]] bool request_sent() const noexcept { return sent_; }
    [[nodiscard]] bool has_unread() const noexcept {
        return has_excess_ || begin_ != end_ || bytes_->has_unread();
    }
    // Bytes of replies read since begin_call().
    [[nodiscard]] std::uint64_t reply_size() const noexcept { return allowance_ - left_; }

    // The reply has been read whole.
    void end_reply() { bytes_->end_reply(deadline_); }

    // The reply's first byte, which stays unread; empty when the peer closed instead of replying.
    [[nodiscard]] std::optional<std::uint8_t> first_byte();
    // Some of the next bytes, at least one and `size` at most, valid until the next call.
    [[nodiscard]] std::string_view take_some(std::size_t size);
    void read_exactly(char* buffer, std::size_t size);
    [[nodiscard]] std::uint8_t read_byte();
    [[nodiscard]] std::int32_t read_i32();

    // For a reader that looks at the bytes where they lie: the next ones that have arrived, after
    // need() as many as that said, and how many of them to go past. Valid until the next call.
    // need() REQUIRES: the reply is kept in an arena
    [[nodiscard]] std::string_view window() const noexcept {
        return {data_ + begin_, end_ - begin_};
    }
    void need(std::uint64_t size);
    void advance(std::size_t size);
    [[nodiscard]] std::size_t position() const noexcept { return begin_; }

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

    // Reads what comes next behind the bytes at hand; zero when the peer has closed.
    [[nodiscard]] std::size_t pull();
    void fill();
    void spend(std::uint64_t size);
    [[noreturn]] void refuse_size() const;
    [[noreturn]] void fail_closed() const;

    const std::unique_ptr<WireBytes> bytes_;
    const std::string peer_;
    const std::uint64_t allowance_;
    const std::unique_ptr<std::array<char, kBufferSize>> buffer_;
    Arena* arena_ = nullptr;
    char* data_;  // the buffer's or the arena's
    std::string request_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::uint64_t left_ = 0;
    std::uint64_t memory_left_ = 0;
    cistern::Deadline deadline_ = cistern::Deadline::never();
    bool sent_ = false;
    bool has_excess_ = false;  // more than the reply had arrived in an arena
};

}  // namespace hive
