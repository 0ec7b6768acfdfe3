#pragma once

#include <filesystem>
#include <memory>
#include <string>

namespace cistern::test {

// A certificate and its key, each in a PEM file.
struct Identity {
    std::string cert_file;
    std::string key_file;
};

struct CertificateSpec {
    std::string hosts = "DNS:localhost, IP:127.0.0.1";  // as OpenSSL's subjectAltName; empty: none
    long valid_from = -3600;                            // seconds from now
    long valid_until = 24L * 3600;
    std::string key_password{};  // empty: the key is not encrypted
};

// An authority that is made for one test, and the certificates it signs. Nothing of it is kept.
//
// Thread safety:  none.
// Errors:         std::runtime_error.
class Authority {
public:
    explicit Authority(std::filesystem::path folder, const std::string& name = "authority");
    ~Authority();

    [[nodiscard]] std::string ca_file() const { return own_.cert_file; }
    [[nodiscard]] Identity issue(const std::string& name, const CertificateSpec& spec = {});
    // Vouches for itself.
    [[nodiscard]] Identity self_signed(const std::string& name, const CertificateSpec& spec = {});

private:
    struct Pair;
    [[nodiscard]] Pair make(const std::string& name,
                            const CertificateSpec& spec,
                            const Pair* issuer,
                            bool is_authority);
    [[nodiscard]] Identity write(const std::string& name,
                                 const CertificateSpec& spec,
                                 const Pair& pair) const;

    const std::filesystem::path folder_;
    std::unique_ptr<Pair> pair_;
    Identity own_;
    long serial_ = 1;
};

}  // namespace cistern::test
