#pragma once

#include <cistern/tls.hpp>

#include <openssl/ssl.h>

#include <string>

namespace cistern {

// Why a certificate is not accepted, noted while OpenSSL still has it.
//
// Thread safety:  none; it belongs to one handshake.
class TlsVerdict {
public:
    // From now on `session` asks for the peer's certificate and tells this object, which stays
    // where it is until forget().
    void listen_to(SSL& session);
    static void forget(SSL& session) noexcept;

    [[nodiscard]] bool is_against() const noexcept { return code_ != X509_V_OK; }
    [[nodiscard]] TlsFailure failure() const noexcept;
    // What was wrong, and what to do about it.
    [[nodiscard]] std::string text(const std::string& host) const;

private:
    static int on_certificate(int is_good, X509_STORE_CTX* chain) noexcept;
    void note(X509_STORE_CTX& chain);

    int code_ = X509_V_OK;
    std::string subject_;
    std::string issuer_;
    std::string names_;  // hosts that it is for
    std::string from_;
    std::string until_;
};

// What the alert that a peer ended the conversation with means. `error` is OpenSSL's.
struct TlsAlert {
    TlsFailure failure = TlsFailure::kBroken;
    std::string text;
};
[[nodiscard]] TlsAlert explain_tls_error(unsigned long error, const TlsOptions& options);

// What a peer that speaks no TLS seems to speak.
[[nodiscard]] std::string describe_plain_answer(std::string_view answer);

}  // namespace cistern
