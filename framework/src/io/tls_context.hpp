#pragma once

#include <cistern/tls.hpp>

#include <openssl/ssl.h>

#include <memory>
#include <string>

namespace cistern {

template <class Type, void (*kFree)(Type*)>
struct OpenSslDelete {
    void operator()(Type* object) const noexcept { kFree(object); }
};
using SslContext = std::unique_ptr<SSL_CTX, OpenSslDelete<SSL_CTX, SSL_CTX_free>>;
using SslSession = std::unique_ptr<SSL, OpenSslDelete<SSL, SSL_free>>;

// What a handshake needs. There is one for each, so that files may change, and so that a child of
// fork() finds no lock of OpenSSL's held by a thread that is not there. Throws ConfigError.
[[nodiscard]] SslContext make_tls_context(const TlsOptions& options);

// The client's side of one connection, without a way to its peer. Throws ConfigError for a host
// that cannot be checked.
[[nodiscard]] SslSession make_tls_session(SSL_CTX& context, const TlsOptions& options);

// Why the last call of this thread into OpenSSL failed.
[[nodiscard]] std::string openssl_reason();

}  // namespace cistern
