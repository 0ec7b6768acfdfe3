#include "sasl_negotiation.hpp"

#include "big_endian.hpp"
#include "peer_protocol.hpp"
#include "shown_text.hpp"

#include <cistern/error.hpp>
#include <cistern/stream_algorithms.hpp>

#include <array>
#include <optional>

namespace hive {
namespace {

enum class SaslStatus : std::uint8_t { kStart = 1, kOk = 2, kBad = 3, kError = 4, kComplete = 5 };

// Far above what any mechanism sends, and little to lose to a hostile peer.
constexpr std::uint32_t kLongestToken = 64 * 1024;

struct SaslMessage {
    SaslStatus status{};
    std::string token;
};

std::string message(SaslStatus status, std::string_view token) {
    std::string bytes(1, static_cast<char>(status));
    bytes += big_endian(static_cast<std::uint32_t>(token.size()));
    return bytes.append(token);
}

SaslStatus read_status(cistern::Stream& stream, cistern::Deadline deadline) {
    char status = 0;
    std::optional<std::uint8_t> first;
    if (stream.read_some(&status, 1, deadline) != 0) {
        first = static_cast<std::uint8_t>(status);
    }
    if (const auto mismatch = describe_mismatch(Opening::kSasl, first)) {
        throw cistern::ConnectError{"hive: " + stream.peer() + " did not answer SASL: " + *mismatch,
                                    {.breaks_connection = true, .is_transient = !first}};
    }
    return static_cast<SaslStatus>(*first);
}

SaslMessage receive(cistern::Stream& stream, cistern::Deadline deadline) {
    SaslMessage received{read_status(stream, deadline), {}};
    std::array<char, 4> length{};
    cistern::read_exactly(stream, length.data(), length.size(), deadline);
    const auto size = from_big_endian<std::uint32_t>(length.data());
    if (size > kLongestToken) {
        throw cistern::ProtocolError{"hive: " + stream.peer() + " announces a SASL message of " +
                                     std::to_string(size) + " bytes; at most " +
                                     std::to_string(kLongestToken) + " are taken"};
    }
    received.token.resize(size);
    cistern::read_exactly(stream, received.token.data(), size, deadline);
    if (received.status == SaslStatus::kStart) {
        throw cistern::ProtocolError{"hive: " + stream.peer() + " answered SASL as a client would"};
    }
    return received;
}

void converse(cistern::Stream& stream,
              SaslMechanism& mechanism,
              const Redactor& redact,
              cistern::Deadline deadline) {
    stream.write_all(message(SaslStatus::kStart, mechanism.name()) +
                         message(SaslStatus::kOk, mechanism.initial_response()),
                     deadline);
    while (true) {
        const auto received = receive(stream, deadline);
        if (received.status == SaslStatus::kBad || received.status == SaslStatus::kError) {
            throw cistern::AuthError{"hive: " + stream.peer() + " refused the login: " +
                                     redact(received.token).substr(0, kLongestShownText) +
                                     mechanism.advice(received.token)};
        }
        if (received.status == SaslStatus::kComplete) {
            if (!mechanism.is_complete()) {
                static_cast<void>(
                    mechanism.step(received.token));  // what it would answer is not sent
            }
            return;
        }
        if (mechanism.is_complete()) {
            throw cistern::ProtocolError{"hive: " + stream.peer() +
                                         " asks for more after the end of SASL"};
        }
        const auto answer = mechanism.step(received.token);
        stream.write_all(
            message(mechanism.is_complete() ? SaslStatus::kComplete : SaslStatus::kOk, answer),
            deadline);
    }
}

}  // namespace

void negotiate_sasl(cistern::Stream& stream,
                    SaslMechanism& mechanism,
                    const Redactor& redact,
                    cistern::Deadline deadline) {
    try {
        converse(stream, mechanism, redact, deadline);
    } catch (const cistern::DeadlineExceeded& error) {
        throw cistern::DeadlineExceeded{
            "hive: " + stream.peer() +
                " did not finish SASL in time (a server without it waits like this: " +
                "then set auth = nosasl): " + error.what(),
            {.breaks_connection = true, .is_transient = true}};
    }
}

}  // namespace hive
