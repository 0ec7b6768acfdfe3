#include "support/tls_peer.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <stdexcept>

namespace cistern::test {
namespace {

struct Free {
    void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
    void operator()(SSL* session) const noexcept { SSL_free(session); }
};

using Context = std::unique_ptr<SSL_CTX, Free>;

Context make_context(const TlsPeer::Options& options) {
    Context context{SSL_CTX_new(TLS_server_method())};
    const auto& identity = options.identity;
    if (SSL_CTX_use_certificate_chain_file(context.get(), identity.cert_file.c_str()) != 1 ||
        SSL_CTX_use_PrivateKey_file(context.get(), identity.key_file.c_str(), SSL_FILETYPE_PEM) !=
            1) {
        throw std::runtime_error{"TlsPeer: no certificate in " + identity.cert_file};
    }
    if (options.max_version != 0) {  // old ones need what is too weak by now
        SSL_CTX_set_min_proto_version(context.get(), 0);
        SSL_CTX_set_max_proto_version(context.get(), options.max_version);
        SSL_CTX_set_cipher_list(context.get(), "DEFAULT@SECLEVEL=0");
    }
    if (!options.client_ca.empty()) {
        SSL_CTX_load_verify_file(context.get(), options.client_ca.c_str());
        SSL_CTX_set_verify(
            context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    }
    SSL_CTX_set_session_id_context(
        context.get(), reinterpret_cast<const unsigned char*>("test"), 4);
    SSL_CTX_set_num_tickets(context.get(), static_cast<std::size_t>(options.tickets));
    return context;
}

}  // namespace

struct TlsPeer::Session {
    Context context;
    std::unique_ptr<SSL, Free> ssl;
    BIO* incoming = BIO_new(BIO_s_mem());
    BIO* outgoing = BIO_new(BIO_s_mem());
};

TlsPeer::TlsPeer(const Options& options)
    : answer_{options.answer}, session_{std::make_unique<Session>()} {
    session_->context = make_context(options);
    session_->ssl.reset(SSL_new(session_->context.get()));
    SSL_set_bio(session_->ssl.get(), session_->incoming, session_->outgoing);
    SSL_set_accept_state(session_->ssl.get());
}

TlsPeer::~TlsPeer() = default;

std::string TlsPeer::take(std::string_view bytes) {
    BIO_write(session_->incoming, bytes.data(), static_cast<int>(bytes.size()));
    std::array<char, 16384> buffer{};
    std::size_t got = 0;
    ERR_clear_error();
    std::string read;
    while (SSL_read_ex(session_->ssl.get(), buffer.data(), buffer.size(), &got) == 1) {
        read.append(buffer.data(), got);
    }
    received_ += read;
    auto sending = sent();
    if (!read.empty()) {
        sending += say(answer_(read));
    }
    return sending;
}

std::string TlsPeer::say(std::string_view text) {
    std::size_t written = 0;
    ERR_clear_error();
    if (!text.empty()) {
        SSL_write_ex(session_->ssl.get(), text.data(), text.size(), &written);
    }
    return sent();
}

std::string TlsPeer::ticket() {
    SSL_new_session_ticket(session_->ssl.get());
    SSL_do_handshake(session_->ssl.get());
    return sent();
}

std::string TlsPeer::farewell() {
    SSL_shutdown(session_->ssl.get());
    return sent();
}

std::string TlsPeer::asked_for() const {
    const auto* const name = SSL_get_servername(session_->ssl.get(), TLSEXT_NAMETYPE_host_name);
    return name == nullptr ? "" : name;
}

std::string TlsPeer::sent() {
    char* bytes = nullptr;
    const auto size = BIO_get_mem_data(session_->outgoing, &bytes);
    std::string all{bytes, static_cast<std::size_t>(size)};
    static_cast<void>(BIO_reset(session_->outgoing));
    return all;
}

}  // namespace cistern::test
