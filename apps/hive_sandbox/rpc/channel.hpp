#pragma once

#include <thrift/transport/TTransport.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sandbox {

// One client's socket as Thrift reads from it: raw, or in SASL's frames once the login is through.
// Replies are sent whole.
//
// Thread safety:  none, save shut_down().
// Ownership:      closes the descriptor.
// Errors:         TTransportException.
class Channel final : public apache::thrift::transport::TTransport {
public:
    explicit Channel(int descriptor);
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;
    ~Channel() override;

    // From now on every piece of data has its length in front of it.
    void use_frames() noexcept { framed_ = true; }
    // Gives up on a read that takes longer; zero: never.
    void set_read_limit(std::chrono::seconds limit) const;
    // A new message begins: its bytes count from zero again.
    void begin_message() noexcept { message_bytes_ = 0; }

    // False when the client has gone. Waits for a byte.
    [[nodiscard]] bool wait_for_data();

    // Raw bytes, whatever the mode.
    [[nodiscard]] std::string read_exactly(std::size_t size);
    void send_raw(std::string_view bytes) const;
    // One reply, as one frame where frames are in use.
    void send_reply(std::string_view reply) const;

    // Ends the conversation; a blocked read or write returns. May be called from any thread.
    void shut_down() const noexcept;

    bool isOpen() const override { return true; }
    void open() override {}
    void close() override { shut_down(); }
    std::uint32_t read_virt(std::uint8_t* to, std::uint32_t size) override;

private:
    std::size_t receive(char* to, std::size_t size);
    void next_frame();

    int descriptor_;
    bool framed_ = false;
    std::size_t frame_left_ = 0;
    std::size_t message_bytes_ = 0;
    std::string buffer_;
    std::size_t at_ = 0;
};

}  // namespace sandbox
