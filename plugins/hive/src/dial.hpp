#pragma once

#include "rpc.hpp"
#include "session_spec.hpp"

#include <cistern/deadline.hpp>
#include <cistern/stream.hpp>

#include <hive_rpc/TCLIService_types.h>

#include <memory>

namespace hive {

// A connection to `host`, authenticated, without a session yet.
[[nodiscard]] std::unique_ptr<Rpc> dial(cistern::IoContext& io,
                                        const SessionSpec& spec,
                                        const cistern::Endpoint& host,
                                        cistern::Deadline deadline);

// What is asked of `host`. REQUIRES: the settings ask for TLS
[[nodiscard]] cistern::TlsOptions tls_for(const SessionSpec& spec, const cistern::Endpoint& host);

struct OpenedSession {
    rpc::TSessionHandle handle;
    int version = 0;  // that both sides agreed on
};

// Throws ConnectError or AuthError when the server refuses; CallRefused with kProtocolError when it
// does not know `newest_version`.
[[nodiscard]] OpenedSession open_session(Rpc& rpc,
                                         const SessionSpec& spec,
                                         int newest_version,
                                         cistern::Deadline deadline);

}  // namespace hive
