#include "plugin_seal.hpp"

#include <Poco/SHA2Engine.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace cistern {
namespace {

// What framework/cmake/CisternSeal.cmake writes.
constexpr std::string_view kMark = "\ncistern-seal sha256 ";
constexpr std::size_t kDigits = 64;
constexpr std::size_t kSealBytes = kMark.size() + kDigits + 1;

std::string digest_of(const PluginFile& file, std::uint64_t size) {
    Poco::SHA2Engine engine{Poco::SHA2Engine::SHA_256};
    std::vector<char> block(65536);
    for (std::uint64_t at = 0; at < size;) {
        const auto count = std::min<std::uint64_t>(block.size(), size - at);
        if (!file.read(at, block.data(), count)) {
            return {};
        }
        engine.update(block.data(), static_cast<unsigned>(count));
        at += count;
    }
    return Poco::DigestEngine::digestToHex(engine.digest());
}

}  // namespace

Seal check_seal(const PluginFile& file, std::uint64_t library_end) {
    const auto rest = file.size() - library_end;
    std::array<char, kSealBytes> bytes{};
    // More than a seal is something of somebody else's; less is the rest of one.
    if (rest == 0 || rest > kSealBytes) {
        return Seal::kNone;
    }
    const std::string_view seal{bytes.data(), bytes.size()};
    if (rest < kSealBytes || !file.read(library_end, bytes.data(), bytes.size()) ||
        !seal.starts_with(kMark) || !seal.ends_with('\n')) {
        return Seal::kBroken;
    }
    const auto expected = seal.substr(kMark.size(), kDigits);
    return digest_of(file, library_end) == expected ? Seal::kIntact : Seal::kBroken;
}

}  // namespace cistern
