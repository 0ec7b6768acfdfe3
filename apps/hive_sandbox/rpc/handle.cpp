#include "rpc/handle.hpp"

#include <cstddef>
#include <cstdint>
#include <random>
#include <string_view>

namespace sandbox {
namespace {

constexpr std::size_t kBytes = 16;

std::string random_bytes() {
    std::random_device device;
    std::string out;
    while (out.size() < kBytes) {
        const std::uint32_t word = device();
        for (unsigned shift = 0; shift < 32; shift += 8) {
            out += static_cast<char>((word >> shift) & 0xFFU);
        }
    }
    return out;
}

}  // namespace

Handle Handle::make() {
    return {random_bytes(), random_bytes()};
}

hive::rpc::THandleIdentifier Handle::to_rpc() const {
    hive::rpc::THandleIdentifier out;
    out.guid = guid;
    out.secret = secret;
    return out;
}

bool Handle::matches(const hive::rpc::THandleIdentifier& other) const noexcept {
    return guid == other.guid && secret == other.secret;
}

std::string guid_text(const std::string& guid) {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string out;
    for (std::size_t i = 0; i < guid.size() && i < kBytes; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            out += '-';
        }
        out += kHex[static_cast<unsigned char>(guid[i]) >> 4U];
        out += kHex[static_cast<unsigned char>(guid[i]) & 0xFU];
    }
    return out;
}

}  // namespace sandbox
