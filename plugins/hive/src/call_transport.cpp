#include "call_transport.hpp"

#include <cistern/error.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace hive {
namespace {

// More than the largest struct that the generated code keeps in a list.
constexpr std::uint64_t kElementSize = 512;

std::shared_ptr<apache::thrift::TConfiguration> without_limit() {
    return std::make_shared<apache::thrift::TConfiguration>(std::numeric_limits<int>::max());
}

}  // namespace

CallTransport::CallTransport(std::unique_ptr<WireBytes> bytes,
                             std::string peer,
                             std::uint64_t max_message_size)
    : TVirtualTransport{without_limit()},
      bytes_{std::move(bytes)},
      peer_{std::move(peer)},
      allowance_{max_message_size},
      buffer_{std::make_unique<std::array<char, kBufferSize>>()},
      data_{buffer_->data()} {}

void CallTransport::begin_call(cistern::Deadline deadline) {
    if (has_unread()) {
        throw cistern::ProtocolError{"hive: " + peer_ + " sent more than one reply to a call"};
    }
    request_.clear();
    deadline_ = deadline;
    left_ = allowance_;
    memory_left_ = allowance_;
    sent_ = false;
}

void CallTransport::keep_in(Arena* arena) noexcept {
    has_excess_ = has_excess_ || (arena_ != nullptr && begin_ != end_);
    if (arena_ != nullptr || arena != nullptr) {
        begin_ = 0;
        end_ = 0;
    }
    arena_ = arena;
    data_ = arena != nullptr ? arena->data() : buffer_->data();
}

std::optional<std::uint8_t> CallTransport::first_byte() {
    if (begin_ == end_ && pull() == 0) {
        return std::nullopt;
    }
    return static_cast<std::uint8_t>(data_[begin_]);
}

void CallTransport::need(std::uint64_t size) {
    expect(size);
    while (end_ - begin_ < size) {
        if (pull() == 0) {
            fail_closed();
        }
    }
}

void CallTransport::advance(std::size_t size) {
    spend(size);
    begin_ += size;
}

std::string_view CallTransport::take_some(std::size_t size) {
    if (begin_ == end_) {
        fill();
    }
    const std::size_t taken = std::min(size, end_ - begin_);
    advance(taken);
    return {data_ + begin_ - taken, taken};
}

void CallTransport::read_exactly(char* buffer, std::size_t size) {
    while (size > 0) {
        std::size_t got = 0;
        if (begin_ == end_ && arena_ == nullptr && size >= kBufferSize) {  // one copy less
            got = bytes_->read_some(buffer, size, deadline_);
            if (got == 0) {
                fail_closed();
            }
            spend(got);
        } else {
            const auto some = take_some(size);
            std::memcpy(buffer, some.data(), some.size());
            got = some.size();
        }
        buffer += got;
        size -= got;
    }
}

std::uint8_t CallTransport::read_byte() {
    return static_cast<std::uint8_t>(take_some(1).front());
}

std::int32_t CallTransport::read_i32() {
    std::array<unsigned char, 4> bytes{};
    readAll(bytes.data(), bytes.size());
    return static_cast<std::int32_t>(std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 |
                                     std::uint32_t{bytes[2]} << 8 | std::uint32_t{bytes[3]});
}

void CallTransport::expect(std::uint64_t size) const {
    if (size > left_) {
        refuse_size();
    }
}

void CallTransport::charge_elements(std::uint64_t count) {
    if (count > memory_left_ / kElementSize) {
        refuse_size();
    }
    memory_left_ -= count * kElementSize;
}

std::uint32_t CallTransport::read(std::uint8_t* buffer, std::uint32_t size) {
    const auto some = take_some(size);
    std::memcpy(buffer, some.data(), some.size());
    return static_cast<std::uint32_t>(some.size());
}

std::uint32_t CallTransport::readAll(std::uint8_t* buffer, std::uint32_t size) {
    read_exactly(reinterpret_cast<char*>(buffer), size);
    return size;
}

void CallTransport::write(const std::uint8_t* buffer, std::uint32_t size) {
    request_.append(reinterpret_cast<const char*>(buffer), size);
}

void CallTransport::flush() {
    sent_ = true;
    bytes_->write_message(request_, deadline_);
    if (request_.capacity() > kBufferSize) {
        std::string{}.swap(request_);  // one long statement must not be kept for the session's life
    } else {
        request_.clear();
    }
}

const std::uint8_t* CallTransport::borrow(std::uint8_t* /*buffer*/, std::uint32_t* size) {
    if (end_ - begin_ < *size) {
        return nullptr;
    }
    *size = static_cast<std::uint32_t>(end_ - begin_);
    return reinterpret_cast<const std::uint8_t*>(data_ + begin_);
}

void CallTransport::consume(std::uint32_t size) {
    advance(size);
}

std::size_t CallTransport::pull() {
    if (arena_ != nullptr) {
        const auto room = arena_->room(allowance_);
        data_ = arena_->data();
        const auto got = bytes_->read_some(room.data(), room.size(), deadline_);
        arena_->add(got);
        end_ += got;
        return got;
    }
    if (begin_ > 0) {
        std::memmove(data_, data_ + begin_, end_ - begin_);
        end_ -= std::exchange(begin_, 0);
    }
    const auto got = bytes_->read_some(data_ + end_, kBufferSize - end_, deadline_);
    end_ += got;
    return got;
}

void CallTransport::fill() {
    if (pull() == 0) {
        fail_closed();
    }
}

void CallTransport::spend(std::uint64_t size) {
    expect(size);
    left_ -= size;
}

void CallTransport::refuse_size() const {
    throw cistern::ProtocolError{
        "hive: the reply of " + peer_ + " needs more than max_message_size (" +
        std::to_string(allowance_) + " bytes); ask for fewer rows with fetch_size, or raise it"};
}

void CallTransport::fail_closed() const {
    throw cistern::IoError{"hive: " + peer_ + " closed the connection in the middle of a reply"};
}

}  // namespace hive
