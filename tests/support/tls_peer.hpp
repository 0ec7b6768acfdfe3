#pragma once

#include "support/certificates.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace cistern::test {

// The server's side of one TLS connection, as bytes in and bytes out: over a scripted stream, a
// simulated one or a socket.
//
// Thread safety:  none.
// Errors:         std::runtime_error when it cannot be set up; what a client does wrong is
// answered.
class TlsPeer {
public:
    // What the session answers to what it has read.
    using Answer = std::function<std::string(std::string_view read)>;

    struct Options {
        Identity identity{};
        std::string client_ca{};  // not empty: clients need a certificate of that authority
        int max_version = 0;      // as in OpenSSL's headers; 0: the newest
        int tickets = 2;          // sent at the end of a TLS 1.3 handshake
        Answer answer = [](std::string_view read) { return std::string{read}; };
    };

    explicit TlsPeer(const Options& options);
    ~TlsPeer();

    // What it sends when `bytes` have arrived.
    [[nodiscard]] std::string take(std::string_view bytes);
    // What it sends of its own accord: data, one more ticket, or the farewell.
    [[nodiscard]] std::string say(std::string_view text);
    [[nodiscard]] std::string ticket();
    [[nodiscard]] std::string farewell();

    // All of the session that was read, and the host that the client asked for.
    [[nodiscard]] const std::string& received() const noexcept { return received_; }
    [[nodiscard]] std::string asked_for() const;

private:
    struct Session;
    [[nodiscard]] std::string sent();

    const Answer answer_;
    const std::unique_ptr<Session> session_;
    std::string received_;
};

}  // namespace cistern::test
