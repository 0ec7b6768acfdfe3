#include "sasl_frames.hpp"

#include "big_endian.hpp"

#include <cistern/error.hpp>

#include <algorithm>
#include <cstring>
#include <string>

namespace hive {

std::size_t SaslFrames::read_some(char* buffer, std::size_t size, cistern::Deadline deadline) {
    while (left_ == 0) {
        if (!read_head(deadline)) {
            return 0;
        }
    }
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(size, left_));
    std::size_t got = std::min(wanted, end_ - begin_);
    if (got > 0) {
        std::memcpy(buffer, buffer_.data() + begin_, got);
        begin_ += got;
    } else {
        got = stream_.read_some(buffer, wanted, deadline);
        if (got == 0) {
            fail_closed();
        }
    }
    left_ -= got;
    return got;
}

void SaslFrames::write_message(std::string_view message, cistern::Deadline deadline) {
    std::string frame = big_endian(static_cast<std::uint32_t>(message.size()));
    frame.append(message);
    stream_.write_all(frame, deadline);
}

// False when the peer closed its side between two frames.
bool SaslFrames::read_head(cistern::Deadline deadline) {
    std::array<char, 4> head{};
    for (std::size_t have = 0; have < head.size(); ++have) {
        if (begin_ == end_ && fill(deadline) == 0) {
            if (have == 0) {
                return false;
            }
            fail_closed();
        }
        head[have] = buffer_[begin_++];
    }
    left_ = from_big_endian<std::uint32_t>(head.data());
    if (left_ > max_frame_size_) {
        throw cistern::ProtocolError{"hive: " + stream_.peer() + " announces a SASL frame of " +
                                     std::to_string(left_) + " bytes; max_message_size allows " +
                                     std::to_string(max_frame_size_)};
    }
    return true;
}

void SaslFrames::fail_closed() const {
    throw cistern::IoError{stream_.peer() + " closed the connection in the middle of a SASL frame"};
}

std::size_t SaslFrames::fill(cistern::Deadline deadline) {
    begin_ = 0;
    end_ = 0;
    end_ = stream_.read_some(buffer_.data(), buffer_.size(), deadline);
    return end_;
}

}  // namespace hive
