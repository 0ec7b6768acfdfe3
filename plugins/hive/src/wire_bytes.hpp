#pragma once

#include <cistern/stream.hpp>

#include <cstddef>
#include <string_view>

namespace hive {

// The bytes of one conversation below Thrift: as they are, or in the frames of SASL.
//
// Thread safety:  none, as the stream below.
class WireBytes {
public:
    WireBytes() = default;
    WireBytes(const WireBytes&) = delete;
    WireBytes& operator=(const WireBytes&) = delete;
    virtual ~WireBytes() = default;

    // At least one byte; zero when the peer closed its side between two messages or frames.
    virtual std::size_t read_some(char* buffer, std::size_t size, cistern::Deadline deadline) = 0;
    virtual void write_message(std::string_view message, cistern::Deadline deadline) = 0;
    // Called once a message has been read: takes what ends it, and throws ProtocolError when there is
    // more.
    virtual void end_reply(cistern::Deadline /*deadline*/) {}
    // Bytes that were taken from the stream and that nobody has read yet.
    [[nodiscard]] virtual bool has_unread() const noexcept { return false; }
};

// The stream as it is.
class RawBytes final : public WireBytes {
public:
    explicit RawBytes(cistern::Stream& stream) noexcept : stream_{stream} {}

    std::size_t read_some(char* buffer, std::size_t size, cistern::Deadline deadline) override {
        return stream_.read_some(buffer, size, deadline);
    }
    void write_message(std::string_view message, cistern::Deadline deadline) override {
        stream_.write_all(message, deadline);
    }

private:
    cistern::Stream& stream_;
};

}  // namespace hive
