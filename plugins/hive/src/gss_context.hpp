#pragma once

#include "login_spec.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace hive {

// `principal` of `login` for a server dialled as `host`.
[[nodiscard]] std::string principal_for(const std::string& principal, const std::string& host);

// The client's side of a Kerberos conversation, by MIT's GSS-API.
//
// Thread safety:  none; several contexts at once are fine.
// Waiting:        the first step() asks the KDC for a ticket that is not in the cache, in the
//                 library's own time and not within any deadline; nothing else waits.
// Errors:         AuthError that names the server's principal, the library's reason and what to do;
//                 transient when no KDC answers. ProtocolError for what the peer has sealed wrongly.
class GssContext {
public:
    enum class Purpose { kSasl, kHttp };

    // What `peer` is called in errors; `host` is the one dialled.
    GssContext(const KerberosLogin& login,
               const std::string& host,
               std::string peer,
               Purpose purpose);
    GssContext(const GssContext&) = delete;
    GssContext& operator=(const GssContext&) = delete;
    ~GssContext();

    // What to send after `token`, which is empty at first.
    [[nodiscard]] std::string step(std::string_view token);
    [[nodiscard]] bool is_established() const noexcept;
    // The server's, with its host.
    [[nodiscard]] const std::string& principal() const noexcept;

    // REQUIRES of the others: is_established()
    [[nodiscard]] std::string wrap(std::string_view plain, bool encrypted);
    struct Unwrapped {
        std::string plain;
        bool was_encrypted = false;
    };
    [[nodiscard]] Unwrapped unwrap(std::string_view sealed);
    // The most that may be wrapped for the outcome to have no more than `size` bytes.
    [[nodiscard]] std::size_t most_within(std::size_t size, bool encrypted);

private:
    struct State;
    const std::unique_ptr<State> state_;
};

}  // namespace hive
