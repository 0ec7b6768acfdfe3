#pragma once

#include "redactor.hpp"
#include "sasl_layer.hpp"

#include <cistern/deadline.hpp>
#include <cistern/stream.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace hive {

// One way to prove who we are: a client's side of a SASL mechanism.
class SaslMechanism {
public:
    SaslMechanism() = default;
    SaslMechanism(const SaslMechanism&) = delete;
    SaslMechanism& operator=(const SaslMechanism&) = delete;
    virtual ~SaslMechanism() = default;

    [[nodiscard]] virtual std::string_view name() const noexcept = 0;
    [[nodiscard]] virtual std::string initial_response() = 0;
    // What to answer to the server's challenge, which is empty for the last step of some.
    [[nodiscard]] virtual std::string step(std::string_view challenge) = 0;
    [[nodiscard]] virtual bool is_complete() const noexcept = 0;
    // What may help when the server refuses with `reason`; empty: nothing is known.
    [[nodiscard]] virtual std::string advice(std::string_view /*reason*/) const { return {}; }
    // What was agreed on for the bytes that follow; null: they go as they are. Once, at the end.
    [[nodiscard]] virtual std::unique_ptr<SaslLayer> take_layer() { return nullptr; }
};

// Authenticates as HiveServer2 expects it, until data may flow. `redact` is applied to what the
// server says.
//
// Errors: AuthError with the server's reason; ConnectError that names the other protocol when the
// peer
//         speaks no SASL; ProtocolError; what the stream throws.
void negotiate_sasl(cistern::Stream& stream,
                    SaslMechanism& mechanism,
                    const Redactor& redact,
                    cistern::Deadline deadline);

}  // namespace hive
