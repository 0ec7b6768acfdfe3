#include "utf8.hpp"

#include <Poco/UTF8Encoding.h>

#include <algorithm>
#include <array>
#include <cstddef>

namespace hive {

bool is_utf8(std::string_view text) {
    constexpr std::size_t kLongest = 4;
    for (std::size_t at = 0; at < text.size();) {
        std::array<unsigned char, kLongest> bytes{};
        const auto first = static_cast<unsigned char>(text[at]);
        const std::size_t size = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : kLongest;
        const auto sequence = text.substr(at, size);
        std::copy(sequence.begin(), sequence.end(), bytes.begin());
        if (sequence.size() < size ||
            (size > 1 && !Poco::UTF8Encoding::isLegal(bytes.data(), static_cast<int>(size)))) {
            return false;
        }
        at += size;
    }
    return true;
}

}  // namespace hive
