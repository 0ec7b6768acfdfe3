#pragma once

#include "tls_context.hpp"
#include "tls_records.hpp"
#include "tls_verdict.hpp"

#include <cistern/tls.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace cistern {

// A Stream over another one. OpenSSL sees memory only: every wait is one of the stream below.
class TlsStream final : public Stream {
public:
    TlsStream(std::unique_ptr<Stream> stream, const TlsOptions& options);
    ~TlsStream() override;

    // Once, before anything else.
    void shake_hands(Deadline deadline);

    std::size_t read_some(char* buffer, std::size_t size, Deadline deadline) override;
    void write_all(std::string_view bytes, Deadline deadline) override;
    [[nodiscard]] Deadline deadline_after(Timeout timeout) const override {
        return stream_->deadline_after(timeout);
    }
    [[nodiscard]] StreamState state() const noexcept override;
    void set_one_way(bool one_way) noexcept override { one_way_ = one_way; }
    [[nodiscard]] std::string peer() const override { return stream_->peer(); }

private:
    void check_usable();
    [[nodiscard]] bool hand_on(Deadline deadline);
    void flush(Deadline deadline);
    void take_in(const char* bytes, std::size_t size) const noexcept;
    void check_first_bytes(std::size_t size);
    [[noreturn]] void fail_handshake(unsigned long error, Deadline deadline);
    [[noreturn]] void fail_session(unsigned long error);
    [[noreturn]] void lose(const IoError& error, bool outcome_unknown);
    [[nodiscard]] StreamState look_inside() const noexcept;

    const TlsOptions options_;
    const std::unique_ptr<Stream> stream_;
    const SslContext context_;
    const SslSession session_;
    BIO* const incoming_;  // the session's
    BIO* const outgoing_;
    std::unique_ptr<TlsVerdict> verdict_;  // during the handshake
    mutable std::vector<char> buffer_;
    // Looking at the state follows the protocol, too.
    mutable TlsRecords records_;
    mutable bool failed_ = true;  // until hands are shaken
    mutable bool peer_closed_ = false;
    mutable unsigned long seen_failure_ = 0;  // OpenSSL's, found while only looking
    bool has_heard_ = false;  // any byte of the peer
    bool has_read_ = false;   // any byte of the session
    bool has_written_ = false;
    bool reply_owed_ = false;
    bool one_way_ = false;
};

}  // namespace cistern
