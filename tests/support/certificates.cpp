#include "support/certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <stdexcept>
#include <utility>

namespace cistern::test {
namespace {

struct Free {
    void operator()(X509* certificate) const noexcept { X509_free(certificate); }
    void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
    void operator()(X509_EXTENSION* extension) const noexcept { X509_EXTENSION_free(extension); }
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

void require(bool went_well, const char* what) {
    if (!went_well) {
        throw std::runtime_error{std::string{"certificates: "} + what};
    }
}

void extend(X509& certificate, X509& issuer, int kind, const std::string& value) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, &issuer, &certificate, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, Free> extension{
        X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str())};
    require(extension && X509_add_ext(&certificate, extension.get(), -1) == 1, "an extension");
}

std::unique_ptr<std::FILE, Free> open_to_write(const std::string& path) {
    std::unique_ptr<std::FILE, Free> file{std::fopen(path.c_str(), "we")};
    require(file != nullptr, "a file cannot be written");
    return file;
}

}  // namespace

struct Authority::Pair {
    std::unique_ptr<EVP_PKEY, Free> key;
    std::unique_ptr<X509, Free> certificate;
};

Authority::Authority(std::filesystem::path folder, const std::string& name)
    : folder_{std::move(folder)} {
    const CertificateSpec spec{.hosts = ""};
    pair_ = std::make_unique<Pair>(make(name, spec, nullptr, true));
    own_ = write(name, spec, *pair_);
}

Authority::~Authority() = default;

Identity Authority::issue(const std::string& name, const CertificateSpec& spec) {
    return write(name, spec, make(name, spec, pair_.get(), false));
}

Identity Authority::self_signed(const std::string& name, const CertificateSpec& spec) {
    return write(name, spec, make(name, spec, nullptr, false));
}

Authority::Pair Authority::make(const std::string& name,
                                const CertificateSpec& spec,
                                const Pair* issuer,
                                bool is_authority) {
    Pair made;
    made.key.reset(EVP_EC_gen("P-256"));
    made.certificate.reset(X509_new());
    require(made.key && made.certificate, "a key");
    auto& certificate = *made.certificate;
    auto& signer = issuer != nullptr ? *issuer->certificate : certificate;
    X509_set_version(&certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(&certificate), serial_++);
    X509_gmtime_adj(X509_getm_notBefore(&certificate), spec.valid_from);
    X509_gmtime_adj(X509_getm_notAfter(&certificate), spec.valid_until);
    X509_set_pubkey(&certificate, made.key.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(&certificate),
                               "CN",
                               MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name.c_str()),
                               -1,
                               -1,
                               0);
    X509_set_issuer_name(&certificate, X509_get_subject_name(&signer));
    extend(certificate, signer, NID_subject_key_identifier, "hash");
    extend(certificate,
           signer,
           NID_basic_constraints,
           is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
    if (!spec.hosts.empty()) {
        extend(certificate, signer, NID_subject_alt_name, spec.hosts);
    }
    auto* const signing_key = issuer != nullptr ? issuer->key.get() : made.key.get();
    require(X509_sign(&certificate, signing_key, EVP_sha256()) > 0, "a signature");
    return made;
}

Identity Authority::write(const std::string& name,
                          const CertificateSpec& spec,
                          const Pair& pair) const {
    Identity files{(folder_ / (name + ".pem")).string(), (folder_ / (name + ".key")).string()};
    const bool is_plain = spec.key_password.empty();
    require(PEM_write_X509(open_to_write(files.cert_file).get(), pair.certificate.get()) == 1 &&
                PEM_write_PKCS8PrivateKey(open_to_write(files.key_file).get(),
                                          pair.key.get(),
                                          is_plain ? nullptr : EVP_aes_256_cbc(),
                                          is_plain ? nullptr : spec.key_password.c_str(),
                                          static_cast<int>(spec.key_password.size()),
                                          nullptr,
                                          nullptr) == 1,
            "a PEM file");
    return files;
}

}  // namespace cistern::test
