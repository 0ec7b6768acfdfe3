#include "dial.hpp"

#include "http_authorization.hpp"
#include "http_bytes.hpp"
#include "sasl_cyrus.hpp"
#include "sasl_frames.hpp"
#include "sasl_gssapi.hpp"
#include "sealed_frames.hpp"
#include "status_check.hpp"

#include <cistern/error.hpp>
#include <cistern/hive/session.hpp>

#include <algorithm>
#include <utility>

namespace hive {
namespace {

constexpr int kNewestKnown = 11;

// What the server says is all there is to go by: no code tells a typing error from a full server.
[[noreturn]] void throw_refused(const Rpc& rpc, const StatementError& error) {
    const std::string what = "hive: " + rpc.peer() + " opened no session: " + error.what();
    const std::string_view text = error.what();
    const auto says = [&](std::string_view words) {
        return text.find(words) != std::string_view::npos;
    };
    if (says("proxy privilege") || says("not allowed to impersonate") ||
        error.sql_state() == "28000") {
        throw cistern::AuthError{what};
    }
    const bool is_final = says("does not exist") || says("NOT_FOUND") || says("not found");
    throw cistern::ConnectError{what, {.breaks_connection = true, .is_transient = !is_final}};
}

int agreed_version(int offered, std::int32_t answered) {
    const bool is_known = answered >= 0 && answered < kNewestKnown;
    return is_known ? std::min(offered, answered + 1) : offered;
}

std::unique_ptr<cistern::Stream> secured(std::unique_ptr<cistern::Stream> stream,
                                         const cistern::TlsOptions& options,
                                         cistern::Deadline deadline) {
    const auto peer = stream->peer();
    try {
        return cistern::start_tls(std::move(stream), options, deadline);
    } catch (const cistern::TlsError& error) {
        const auto plain = describe_plain_peer(error.answer());
        const bool is_unknown = error.failure() == cistern::TlsFailure::kSelfSigned ||
                                error.failure() == cistern::TlsFailure::kUnknownCa;
        throw cistern::TlsError{error.failure(),
                                plain ? "hive: no TLS with " + peer + ": " + *plain
                                      : std::string{"hive: "} + error.what() +
                                            (is_unknown ? " (in a URL: sslTrustStore)" : ""),
                                error.answer()};
    }
}

std::unique_ptr<SaslMechanism> mechanism_for(const cistern::Stream& stream,
                                             const SessionSpec& spec,
                                             const cistern::Endpoint& host) {
    switch (spec.login.kind) {
        case LoginSpec::Kind::kKerberos:
            return make_sasl_gssapi(spec.login, host.host, stream.peer());
        case LoginSpec::Kind::kDelegationToken:
            return make_sasl_digest(spec.login.token, spec.login.qops);
        case LoginSpec::Kind::kBearer:  // over HTTP only
        case LoginSpec::Kind::kPassword:
        case LoginSpec::Kind::kNoSasl:
            break;
    }
    return make_sasl_plain(host.host, spec.user, spec.password);
}

std::unique_ptr<WireBytes> after_sasl(cistern::Stream& stream,
                                      const SessionSpec& spec,
                                      const cistern::Endpoint& host,
                                      cistern::Deadline deadline) {
    const auto mechanism = mechanism_for(stream, spec, host);
    negotiate_sasl(stream, *mechanism, *spec.redact, deadline);
    if (auto layer = mechanism->take_layer()) {
        return std::make_unique<SealedFrames>(stream, std::move(layer), spec.max_message_size);
    }
    return std::make_unique<SaslFrames>(stream, spec.max_message_size);
}

}  // namespace

cistern::TlsOptions tls_for(const SessionSpec& spec, const cistern::Endpoint& host) {
    auto options = spec.tls.value();
    if (options.host.empty()) {
        options.host = host.host;
    }
    return options;
}

std::unique_ptr<Rpc> dial(cistern::IoContext& io,
                          const SessionSpec& spec,
                          const cistern::Endpoint& host,
                          cistern::Deadline deadline) {
    auto stream = io.connect_tcp(host, deadline);
    if (spec.tls) {
        stream = secured(std::move(stream), tls_for(spec, host), deadline);
    }
    std::unique_ptr<WireBytes> bytes;
    if (spec.http) {
        bytes =
            std::make_unique<HttpBytes>(io,
                                        *stream,
                                        *spec.http,
                                        HttpCaller{to_string(host),
                                                   spec.user,
                                                   spec.password,
                                                   spec.redact,
                                                   spec.max_message_size,
                                                   http_login(spec, host.host, stream->peer())});
    } else if (spec.opening == Opening::kSasl) {
        bytes = after_sasl(*stream, spec, host, deadline);
    } else {
        bytes = std::make_unique<RawBytes>(*stream);
    }
    return std::make_unique<Rpc>(
        std::move(stream),
        std::move(bytes),
        RpcOptions{
            spec.http ? Opening::kNoSasl : spec.opening, spec.max_message_size, spec.redact});
}

OpenedSession open_session(Rpc& rpc,
                           const SessionSpec& spec,
                           int newest_version,
                           cistern::Deadline deadline) {
    rpc::TOpenSessionReq request;
    request.client_protocol = newest_version - 1;
    request.__set_configuration(spec.configuration);
    if (spec.opening == Opening::kNoSasl && !spec.user.empty()) {  // else SASL has told it
        request.__set_username(spec.user);
        if (!spec.password.empty()) {
            request.__set_password(std::string{spec.password.reveal()});
        }
    }
    rpc::TOpenSessionResp reply;
    rpc.call("OpenSession", request, reply, deadline);
    try {
        check_status(reply.status, rpc);
    } catch (const StatementError& error) {
        throw_refused(rpc, error);
    }
    if (!reply.__isset.sessionHandle) {
        throw cistern::ProtocolError{"hive: " + rpc.peer() +
                                     " opened a session and gave no handle for it"};
    }
    return {reply.sessionHandle, agreed_version(newest_version, reply.serverProtocolVersion)};
}

}  // namespace hive
