#include "plugin_seal.hpp"

#include <cistern/error.hpp>

#include <Poco/DigestEngine.h>

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <string_view>
#include <vector>

namespace cistern {
namespace {

// What framework/cmake/CisternSeal.cmake writes.
constexpr std::string_view kMark = "\ncistern-seal sha256 ";
constexpr std::size_t kDigits = 64;
constexpr std::size_t kSealBytes = kMark.size() + kDigits + 1;

// In hexadecimal; empty when the file could not be read. By OpenSSL, which uses the processor's own
// instructions for it: a plugin with debug information has many megabytes, and every start reads
// them.
std::string digest_of(const PluginFile& file, std::uint64_t size) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest{EVP_MD_CTX_new(),
                                                                         &EVP_MD_CTX_free};
    if (!digest) {
        throw std::bad_alloc{};
    }
    if (EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr) != 1) {
        throw Error{"plugins cannot be checked: this OpenSSL offers no SHA-256"};
    }
    std::vector<char> block(65536);
    for (std::uint64_t at = 0; at < size;) {
        const auto count = std::min<std::uint64_t>(block.size(), size - at);
        if (!file.read(at, block.data(), count)) {
            return {};
        }
        EVP_DigestUpdate(digest.get(), block.data(), count);
        at += count;
    }
    Poco::DigestEngine::Digest bytes(EVP_MAX_MD_SIZE);
    unsigned length = 0;
    EVP_DigestFinal_ex(digest.get(), bytes.data(), &length);
    bytes.resize(length);
    return Poco::DigestEngine::digestToHex(bytes);
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
