#include "tls_context.hpp"

#include "io_text.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <new>

namespace cistern {
namespace {

// How the file begins; throws when it cannot be read at all.
std::string beginning_of(const char* setting, const std::string& path) {
    std::array<char, 4> bytes{};
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(path.c_str(), "rbe"),
                                                               std::fclose};
    const auto got = file ? std::fread(bytes.data(), 1, bytes.size(), file.get()) : 0;
    if (got == 0 && (!file || std::ferror(file.get()) != 0)) {
        throw ConfigError{std::string{setting} + " " + path +
                          " cannot be read: " + error_number_text(errno)};
    }
    return {bytes.data(), got};
}

std::string what_it_is_instead(const std::string& beginning, const std::string& path) {
    using namespace std::string_literals;
    if (beginning == "\xfe\xed\xfe\xed"s || beginning == "\xce\xce\xce\xce"s) {
        return "is a Java keystore; write its certificates as PEM: keytool -list -rfc -keystore " +
               path + " > ca.pem";
    }
    if (!beginning.empty() && beginning.front() == '\x30') {
        return "is binary (PKCS #12 or DER); write it as PEM: openssl pkcs12 -in " + path +
               " -out FILE.pem, or openssl x509 -inform der";
    }
    return {};
}

[[noreturn]] void refuse_file(const char* setting, const std::string& path, const char* wanted) {
    const auto reason = openssl_reason();
    const auto instead = what_it_is_instead(beginning_of(setting, path), path);
    throw ConfigError{std::string{setting} + " " + path + " " +
                      (instead.empty() ? std::string{wanted} + " (" + reason + ")" : instead)};
}

int give_password(char* buffer, int size, int /*for_writing*/, void* secret) noexcept {
    const auto password = static_cast<const Secret*>(secret)->reveal();
    if (password.size() > static_cast<std::size_t>(size)) {
        return -1;
    }
    password.copy(buffer, password.size());
    return static_cast<int>(password.size());
}

void load_trusted(SSL_CTX& context, const TlsOptions& options) {
    if (options.verify == TlsVerify::kNone) {
        return;
    }
    if (options.ca_file.empty()) {
        SSL_CTX_set_default_verify_paths(&context);
    } else if (SSL_CTX_load_verify_file(&context, options.ca_file.c_str()) != 1) {
        refuse_file("tls_ca", options.ca_file, "holds no certificate that can be read");
    }
    // As with Java's trust stores: who is trusted need not have signed itself.
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(&context), X509_V_FLAG_PARTIAL_CHAIN);
}

void load_own(SSL_CTX& context, const TlsOptions& options) {
    if (options.cert_file.empty()) {
        return;
    }
    const auto& key = options.key_file.empty() ? options.cert_file : options.key_file;
    SSL_CTX_set_default_passwd_cb(&context, give_password);  // the default asks at the terminal
    SSL_CTX_set_default_passwd_cb_userdata(&context, const_cast<Secret*>(&options.key_password));
    if (SSL_CTX_use_certificate_chain_file(&context, options.cert_file.c_str()) != 1) {
        refuse_file("tls_cert", options.cert_file, "holds no certificate that can be read");
    }
    if (SSL_CTX_use_PrivateKey_file(&context, key.c_str(), SSL_FILETYPE_PEM) != 1) {
        const auto error = ERR_GET_REASON(ERR_peek_error());
        if (error == X509_R_KEY_VALUES_MISMATCH) {
            throw ConfigError{"tls_key " + key + " is not the key of tls_cert " +
                              options.cert_file};
        }
        refuse_file("tls_key",
                    key,
                    options.key_password.empty()
                        ? "holds no key that can be read without tls_key_password"
                        : "holds no key that can be read with tls_key_password");
    }
    SSL_CTX_set_default_passwd_cb_userdata(&context, nullptr);
}

bool is_address(const std::string& host) {
    in6_addr address{};
    return ::inet_pton(AF_INET, host.c_str(), &address) == 1 ||
           ::inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

// A name's last dot and an address's interface say how to find it, and are in no certificate.
std::string name_in_certificate(std::string host) {
    host = host.substr(0, host.find('%'));
    if (host.ends_with('.')) {
        host.pop_back();
    }
    return host;
}

}  // namespace

std::string openssl_reason() {
    const auto error = ERR_peek_error();
    const auto* const reason = ERR_reason_error_string(error);
    std::string text = reason != nullptr ? reason : "error " + std::to_string(error);
    ERR_clear_error();
    return text;
}

SslContext make_tls_context(const TlsOptions& options) {
    ERR_clear_error();
    SslContext context{SSL_CTX_new(TLS_client_method())};
    if (!context) {
        throw std::bad_alloc{};
    }
    SSL_CTX_set_min_proto_version(
        context.get(), options.min_version == TlsVersion::k1_3 ? TLS1_3_VERSION : TLS1_2_VERSION);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    load_trusted(*context, options);
    load_own(*context, options);
    ERR_clear_error();
    return context;
}

SslSession make_tls_session(SSL_CTX& context, const TlsOptions& options) {
    SslSession session{SSL_new(&context)};
    if (!session) {
        throw std::bad_alloc{};
    }
    SSL_set_connect_state(session.get());
    const auto host = name_in_certificate(options.host);
    const bool is_literal = is_address(host);
    // The macro for this casts in C's way.
    if (!is_literal && !host.empty() &&
        SSL_ctrl(session.get(),
                 SSL_CTRL_SET_TLSEXT_HOSTNAME,
                 TLSEXT_NAMETYPE_host_name,
                 const_cast<char*>(host.c_str())) != 1) {
        throw ConfigError{"tls_host " + host + " is too long for a name"};
    }
    if (options.verify != TlsVerify::kFull) {
        return session;
    }
    auto* const wanted = SSL_get0_param(session.get());
    X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    const int is_set = is_literal ? X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str())
                                  : X509_VERIFY_PARAM_set1_host(wanted, host.c_str(), host.size());
    if (is_set != 1 || host.empty()) {  // else nothing would be checked
        throw ConfigError{
            "tls_host is empty: there is no name that the certificate could be checked "
            "for; give tls_host, or tls_verify = ca"};
    }
    return session;
}

void check_tls(const ConnectorConfig& conf, std::string_view plugin, const TlsOptions& tls) {
    try {
        const auto context = make_tls_context(tls);
        static_cast<void>(make_tls_session(*context, tls));
    } catch (const ConfigError& error) {
        throw ConfigError{"pool \"" + conf.pool() + "\": " + std::string{plugin} + "." +
                          error.what()};
    }
}

}  // namespace cistern
