#pragma once

#include "support/certificates.hpp"
#include "support/scripted_stream.hpp"
#include "support/test_folder.hpp"
#include "support/tls_peer.hpp"

#include <cistern/tls.hpp>

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace cistern::test {

// A client over a scripted stream, whose peer is OpenSSL's server; no thread, no socket, no time.
struct TlsFixture {
    TestFolder folder{};
    Authority authority{folder.path()};
    std::shared_ptr<StreamScript> script = std::make_shared<StreamScript>();
    std::unique_ptr<TlsPeer> peer{};

    [[nodiscard]] Deadline in(std::chrono::nanoseconds span) const {
        return script->clock().deadline_after(span);
    }
    void serve(TlsPeer::Options options) {
        peer = std::make_unique<TlsPeer>(options);
        script->answers([this](std::string_view bytes) { return peer->take(bytes); });
    }
    void serve(Identity identity) { serve(TlsPeer::Options{.identity = std::move(identity)}); }
    [[nodiscard]] TlsOptions trusting() const {
        return {.host = "localhost", .ca_file = authority.ca_file()};
    }
    std::unique_ptr<Stream> connect(const TlsOptions& options) {
        return start_tls(
            std::make_unique<ScriptedStream>(script), options, in(std::chrono::seconds{5}));
    }
    // Served by a certificate that is good.
    std::unique_ptr<Stream> connect() {
        serve(authority.issue("server"));
        return connect(trusting());
    }
    std::string read(Stream& stream, std::size_t size) const {
        std::string bytes;
        while (bytes.size() < size) {
            std::array<char, 5000> part{};
            const auto wanted = std::min(part.size(), size - bytes.size());
            const auto got = stream.read_some(part.data(), wanted, in(std::chrono::seconds{5}));
            if (got == 0) {
                return bytes + "(closed)";
            }
            bytes.append(part.data(), got);
        }
        return bytes;
    }
    std::string ask(Stream& stream, std::string_view text) const {
        stream.write_all(text, in(std::chrono::seconds{5}));
        return read(stream, text.size());
    }
};

}  // namespace cistern::test
