#include "tls_verdict.hpp"

#include "tls_context.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>

namespace cistern {
namespace {

constexpr std::size_t kLongestShownErrors = 200;

using MemoryBio = std::unique_ptr<BIO, OpenSslDelete<BIO, BIO_vfree>>;

std::string text_of(const MemoryBio& written) {
    char* bytes = nullptr;
    const auto size = BIO_get_mem_data(written.get(), &bytes);
    return size > 0
               ? std::string{bytes, std::min(static_cast<std::size_t>(size), kLongestShownErrors)}
               : std::string{};
}

std::string text_of(const X509_NAME* name) {
    const MemoryBio out{BIO_new(BIO_s_mem())};
    X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
    auto text = text_of(out);
    return text.empty() ? "nobody" : text;
}

std::string text_of(const ASN1_TIME* time) {
    const MemoryBio out{BIO_new(BIO_s_mem())};
    ASN1_TIME_print(out.get(), time);
    return text_of(out);
}

std::string printable(std::string_view text) {
    std::string shown;
    for (const char c : text.substr(0, kLongestShownErrors)) {
        shown += c >= ' ' && c <= '~' ? c : '?';
    }
    return shown;
}

std::string address_text(const ASN1_OCTET_STRING& address) {
    constexpr int kV4Size = 4;
    constexpr int kV6Size = 16;
    const int size = ASN1_STRING_length(&address);
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (size == kV4Size || size == kV6Size) {
        ::inet_ntop(size == kV4Size ? AF_INET : AF_INET6,
                    ASN1_STRING_get0_data(&address),
                    text.data(),
                    text.size());
    }
    return text.data();
}

std::string host_of(const GENERAL_NAME& name) {
    if (name.type == GEN_DNS) {
        return printable({reinterpret_cast<const char*>(ASN1_STRING_get0_data(name.d.dNSName)),
                          static_cast<std::size_t>(ASN1_STRING_length(name.d.dNSName))});
    }
    return name.type == GEN_IPADD ? address_text(*name.d.iPAddress) : std::string{};
}

std::string hosts_of(const X509& certificate) {
    const std::unique_ptr<GENERAL_NAMES, OpenSslDelete<GENERAL_NAMES, GENERAL_NAMES_free>> names{
        static_cast<GENERAL_NAMES*>(
            X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr))};
    std::string all;
    for (int at = 0; names && at < sk_GENERAL_NAME_num(names.get()); ++at) {
        const auto host = host_of(*sk_GENERAL_NAME_value(names.get(), at));
        if (!host.empty() && all.size() + host.size() < kLongestShownErrors) {
            all += (all.empty() ? "" : ", ") + host;
        }
    }
    return all;
}

struct AlertMeaning {
    int alert;
    TlsFailure failure;
    const char* text;
};

constexpr auto kCertificate = TlsFailure::kClientCertificate;
constexpr auto* kNotOurs =
    "it does not accept our certificate; check tls_cert, and whom the server trusts";
constexpr std::array kAlerts{
    AlertMeaning{
        SSL_AD_PROTOCOL_VERSION, TlsFailure::kOldVersion, "it allows no version of TLS that we do"},
    AlertMeaning{SSL_AD_UNRECOGNIZED_NAME,
                 TlsFailure::kRefused,
                 "it does not go by that name; check tls_host"},
    AlertMeaning{SSL_AD_BAD_CERTIFICATE, kCertificate, kNotOurs},
    AlertMeaning{SSL_AD_UNSUPPORTED_CERTIFICATE, kCertificate, kNotOurs},
    AlertMeaning{SSL_AD_CERTIFICATE_REVOKED, kCertificate, kNotOurs},
    AlertMeaning{SSL_AD_CERTIFICATE_EXPIRED, kCertificate, kNotOurs},
    AlertMeaning{SSL_AD_CERTIFICATE_UNKNOWN, kCertificate, kNotOurs},
    AlertMeaning{SSL_AD_UNKNOWN_CA, kCertificate, kNotOurs},
    AlertMeaning{SSL_AD_ACCESS_DENIED, kCertificate, kNotOurs},
    AlertMeaning{SSL3_AD_NO_CERTIFICATE, kCertificate, kNotOurs},
    AlertMeaning{TLS13_AD_CERTIFICATE_REQUIRED, kCertificate, kNotOurs},
};

}  // namespace

void TlsVerdict::listen_to(SSL& session) {
    SSL_set_app_data(&session, this);
    SSL_set_verify(&session, SSL_VERIFY_PEER, on_certificate);
}

void TlsVerdict::forget(SSL& session) noexcept {
    SSL_set_app_data(&session, nullptr);
}

int TlsVerdict::on_certificate(int is_good, X509_STORE_CTX* chain) noexcept {
    const auto* const session = static_cast<const SSL*>(
        X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto* const self = static_cast<TlsVerdict*>(SSL_get_app_data(session));
    if (is_good != 1 && self != nullptr) {
        try {
            self->note(*chain);
        } catch (const std::bad_alloc&) {
            self->code_ = X509_V_ERR_OUT_OF_MEM;
        }
    }
    return is_good;
}

void TlsVerdict::note(X509_STORE_CTX& chain) {
    code_ = X509_STORE_CTX_get_error(&chain);
    const X509* const certificate = X509_STORE_CTX_get_current_cert(&chain);
    if (certificate != nullptr) {
        subject_ = text_of(X509_get_subject_name(certificate));
        issuer_ = text_of(X509_get_issuer_name(certificate));
        names_ = hosts_of(*certificate);
        from_ = text_of(X509_get0_notBefore(certificate));
        until_ = text_of(X509_get0_notAfter(certificate));
    }
}

TlsFailure TlsVerdict::failure() const noexcept {
    switch (code_) {
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return TlsFailure::kWrongHost;
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return TlsFailure::kExpired;
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return TlsFailure::kNotYetValid;
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
            return TlsFailure::kSelfSigned;
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            return TlsFailure::kUnknownCa;
        default:
            return TlsFailure::kUntrusted;
    }
}

std::string TlsVerdict::text(const std::string& host) const {
    const auto whose = "its certificate (" + subject_ + ") ";
    switch (failure()) {
        case TlsFailure::kWrongHost:
            return whose + "is not for " + host + " but for " +
                   (names_.empty() ? "no other name" : names_) +
                   "; connect by a name that it has, or give that as tls_host";
        case TlsFailure::kExpired:
            return "a certificate of its (" + subject_ + ") has expired: it was valid until " +
                   until_;
        case TlsFailure::kNotYetValid:
            return "a certificate of its (" + subject_ + ") is not valid yet, but from " + from_ +
                   " on; check this machine's clock";
        case TlsFailure::kSelfSigned:
            return whose + "is self-signed and not trusted; to trust it, give it as tls_ca";
        case TlsFailure::kUnknownCa:
            return "its certificate comes from an authority that is not trusted (" + issuer_ +
                   "); give that authority's certificate as tls_ca";
        default:
            return whose + "is not trusted: " + X509_verify_cert_error_string(code_);
    }
}

TlsAlert explain_tls_error(unsigned long error, const TlsOptions& options) {
    const int reason = ERR_GET_LIB(error) == ERR_LIB_SSL ? ERR_GET_REASON(error) : 0;
    const auto* const words = ERR_reason_error_string(error);
    const std::string shown = std::string{" ("} + (words != nullptr ? words : "unknown") + ")";
    const bool is_old = reason == SSL_R_UNSUPPORTED_PROTOCOL || reason == SSL_R_WRONG_SSL_VERSION ||
                        reason == SSL_R_VERSION_TOO_LOW;
    const int alert = is_old ? SSL_AD_PROTOCOL_VERSION : reason - SSL_AD_REASON_OFFSET;
    const auto* const known =
        std::find_if(kAlerts.begin(), kAlerts.end(), [&](const auto& meaning) {
            return meaning.alert == alert;
        });
    if (known == kAlerts.end()) {
        return alert > 0 ? TlsAlert{TlsFailure::kRefused, "it refused the handshake" + shown}
                         : TlsAlert{TlsFailure::kBroken, "it breaks the protocol" + shown};
    }
    if (known->failure == kCertificate && options.cert_file.empty()) {
        return {kCertificate, "it wants a certificate of ours; give tls_cert and tls_key" + shown};
    }
    return {known->failure, known->text + shown};
}

std::string describe_plain_answer(std::string_view answer) {
    if (answer.starts_with("HTTP/")) {
        return "it answers in HTTP without TLS";
    }
    const auto line = answer.substr(0, answer.find_first_of("\r\n"));
    const bool is_text =
        std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c <= '~'; });
    if (is_text && !line.empty()) {
        return "it answers in plain text: \"" + std::string{line} + '"';
    }
    std::string bytes;
    constexpr std::size_t kShownBytes = 8;
    for (const char c : answer.substr(0, kShownBytes)) {
        constexpr auto* kDigits = "0123456789abcdef";
        const auto byte = static_cast<unsigned char>(c);
        bytes += std::string{" "} + kDigits[byte >> 4] + kDigits[byte & 15];
    }
    return "its answer begins with the bytes" + bytes;
}

}  // namespace cistern
