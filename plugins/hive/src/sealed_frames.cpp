#include "sealed_frames.hpp"

#include "big_endian.hpp"

#include <cistern/error.hpp>

#include <algorithm>
#include <array>
#include <cstring>

namespace hive {
namespace {

// Memory is taken as bytes arrive: a length alone costs a peer nothing.
constexpr std::size_t kStep = 1024 * 1024;
// What a layer adds to a frame: headers, padding, checksum. Kerberos and DIGEST-MD5 stay far below.
constexpr std::uint64_t kMostAdded = 1024;

}  // namespace

std::size_t SealedFrames::read_some(char* buffer, std::size_t size, cistern::Deadline deadline) {
    while (read_ == plain_.size()) {
        if (!read_frame(deadline)) {
            return 0;
        }
    }
    const auto got = std::min(size, plain_.size() - read_);
    std::memcpy(buffer, plain_.data() + read_, got);
    read_ += got;
    return got;
}

void SealedFrames::write_message(std::string_view message, cistern::Deadline deadline) {
    std::string frames;
    while (!message.empty()) {
        const auto piece = message.substr(0, layer_->most_at_once());
        message.remove_prefix(piece.size());
        const auto sealed = layer_->seal(piece);
        frames += big_endian(static_cast<std::uint32_t>(sealed.size()));
        frames += sealed;
    }
    stream_.write_all(frames, deadline);
}

// False when the peer closed its side between two frames.
bool SealedFrames::read_frame(cistern::Deadline deadline) {
    std::array<char, 4> head{};
    const auto got = stream_.read_some(head.data(), head.size(), deadline);
    if (got == 0) {
        return false;
    }
    is_in_frame_ = true;
    for (auto have = got; have < head.size();) {
        have += receive(head.data() + have, head.size() - have, deadline);
    }
    const std::uint64_t size = from_big_endian<std::uint32_t>(head.data());
    if (size > max_frame_size_ + kMostAdded) {
        throw cistern::ProtocolError{"hive: " + stream_.peer() + " announces a SASL frame of " +
                                     std::to_string(size) + " bytes; max_message_size allows " +
                                     std::to_string(max_frame_size_)};
    }
    std::string sealed;
    for (std::size_t have = 0; have < size;) {
        sealed.resize(std::min<std::uint64_t>(size, have + kStep));
        have += receive(sealed.data() + have, sealed.size() - have, deadline);
        sealed.resize(have);
    }
    plain_ = layer_->unseal(sealed);
    read_ = 0;
    is_in_frame_ = false;
    return true;
}

std::size_t SealedFrames::receive(char* buffer, std::size_t size, cistern::Deadline deadline) {
    const auto got = stream_.read_some(buffer, size, deadline);
    if (got == 0) {
        throw cistern::IoError{stream_.peer() +
                               " closed the connection in the middle of a SASL frame"};
    }
    return got;
}

}  // namespace hive
