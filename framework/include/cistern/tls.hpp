#pragma once

// TLS for connectors: over any Stream, so that it waits the way that stream waits, and with
// settings that every plugin names alike.

#include <cistern/connector_config.hpp>
#include <cistern/deadline.hpp>
#include <cistern/error.hpp>
#include <cistern/export.hpp>
#include <cistern/secret.hpp>
#include <cistern/stream.hpp>

#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>

namespace cistern {

// Why there is no TLS with a peer.
enum class TlsFailure {
    kWrongHost,          // the certificate is for other hosts
    kExpired,            // a certificate of the chain is not valid any more
    kNotYetValid,        // or not yet; this machine's clock may be wrong
    kSelfSigned,         // the certificate vouches for itself, and is not among the trusted ones
    kUnknownCa,          // nobody who is trusted has signed it
    kUntrusted,          // any other reason not to trust it: revoked, too weak, not for servers
    kClientCertificate,  // the peer wants a certificate of ours, or another one
    kRefused,            // the peer ended the handshake with another alert
    kOldVersion,         // no version of TLS that both sides allow
    kNotTls,             // the peer answers in something else
    kBroken,             // the peer breaks the protocol
};

[[nodiscard]] CISTERN_API std::string_view to_string(TlsFailure failure) noexcept;

// The peer and we do not come to terms. Trying again does not help.
class CISTERN_API TlsError : public ConnectError {
public:
    TlsError(TlsFailure failure,
             const std::string& what,
             std::string answer = {},
             std::source_location where = std::source_location::current());
    ~TlsError() override;

    [[nodiscard]] TlsFailure failure() const noexcept { return failure_; }
    // How the answer of a peer that speaks no TLS begins, as it came.
    [[nodiscard]] const std::string& answer() const noexcept { return answer_; }

private:
    TlsFailure failure_;
    std::string answer_;
};

enum class TlsVersion { k1_2, k1_3 };

// What is asked of the peer's certificate.
enum class TlsVerify {
    kFull,  // signed by a trusted authority, valid now, and for the host
    kCa,    // the same, for whatever host
    kNone,  // nothing: whoever is in between reads along
};

// Files are PEM, and read anew at each handshake: one that is renewed is used from then on.
struct TlsOptions {
    std::string host;         // a name or a literal address, as the certificate has to say
    std::string ca_file{};    // whom to trust; empty: whom the system trusts
    std::string cert_file{};  // our own certificate with its chain; empty: none
    std::string key_file{};   // its key; empty: in the same file
    Secret key_password{};    // of an encrypted key
    TlsVersion min_version = TlsVersion::k1_2;
    TlsVerify verify = TlsVerify::kFull;
};

// Shakes hands over `stream` as the client and returns the stream that speaks TLS over it. What the
// pool sees is the session's own bytes: a ticket that arrives later leaves a session quiet, while a
// peer's farewell (close_notify) closes it. A connection that is cut off without that is an IoError
// when it is read, never the end of the data.
// Waiting:  until the deadline at most.
// Errors:   TlsError; ConfigError for files; ConnectError when the peer hangs up; DeadlineExceeded.
//           A peer may refuse our certificate after the handshake: then the first read throws
//           TlsError.
[[nodiscard]] CISTERN_API std::unique_ptr<Stream> start_tls(std::unique_ptr<Stream> stream,
                                                            const TlsOptions& options,
                                                            Deadline deadline);

// -- The settings
// -----------------------------------------------------------------------------------

// `tls` and what begins with `tls_`.
[[nodiscard]] CISTERN_API Settings tls_settings();

// What the settings ask for, with `host` unless they name another; nothing when TLS is off. Throws
// ConfigError for tls_ settings without `tls`: who gives an authority believes to be protected.
[[nodiscard]] CISTERN_API std::optional<TlsOptions> read_tls(const ConnectorConfig& conf,
                                                             std::string_view plugin,
                                                             const std::string& host);

// Reads the files of `tls` once; throws ConfigError saying which setting is no good, and why.
CISTERN_API void check_tls(const ConnectorConfig& conf,
                           std::string_view plugin,
                           const TlsOptions& tls);

}  // namespace cistern
