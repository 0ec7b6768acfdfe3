#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace cistern {

// Where the records of TLS begin and end, which stands in clear. OpenSSL does not tell whether it
// holds the beginning of one.
class TlsRecords {
public:
    static constexpr std::size_t kHeadSize = 5;

    // Follows bytes in the order in which they arrive.
    void follow(std::string_view bytes) noexcept {
        while (!bytes.empty()) {
            if (left_ > 0) {
                const auto passed = std::min(left_, bytes.size());
                left_ -= passed;
                bytes.remove_prefix(passed);
                continue;
            }
            length_ = length_ << 8 | static_cast<unsigned char>(bytes.front());
            bytes.remove_prefix(1);
            if (++head_ == kHeadSize) {
                left_ = length_ & 0xffff;  // the last two of its bytes
                head_ = 0;
                length_ = 0;
            }
        }
    }
    [[nodiscard]] bool is_between() const noexcept { return left_ == 0 && head_ == 0; }

    // Whether `first` may begin what a server answers to a handshake: an alert or a handshake
    // record.
    [[nodiscard]] static bool may_be_answer(std::string_view first) noexcept {
        constexpr char kAlert = 0x15;
        constexpr char kHandshake = 0x16;
        constexpr char kMajorVersion = 3;
        return !first.empty() && (first[0] == kAlert || first[0] == kHandshake) &&
               (first.size() == 1 || first[1] == kMajorVersion);
    }

private:
    std::size_t head_ = 0;    // bytes of a head that were seen
    std::size_t length_ = 0;  // what they say so far
    std::size_t left_ = 0;    // bytes of the record that are still to come
};

}  // namespace cistern
