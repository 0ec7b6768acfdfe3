#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hive {

// What SASL agreed to do with each frame after the login: sign it, or encrypt it.
//
// Thread safety:  none.
// Errors:         ProtocolError for a frame that was changed, repeated or left unprotected.
class SaslLayer {
public:
    SaslLayer() = default;
    SaslLayer(const SaslLayer&) = delete;
    SaslLayer& operator=(const SaslLayer&) = delete;
    virtual ~SaslLayer() = default;

    // The most that seal() may be given at once, so that the peer takes what comes out.
    [[nodiscard]] virtual std::size_t most_at_once() const noexcept = 0;
    [[nodiscard]] virtual std::string seal(std::string_view plain) = 0;
    [[nodiscard]] virtual std::string unseal(std::string_view sealed) = 0;
};

}  // namespace hive
