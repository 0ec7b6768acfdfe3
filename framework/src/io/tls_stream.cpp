#include "tls_stream.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <cassert>
#include <new>
#include <utility>

namespace cistern {
namespace {

// A record at its longest, with what is around it.
constexpr std::size_t kRecordBufferSize = 17 * 1024;
// How much is encrypted before it is sent.
constexpr std::size_t kWriteStep = 64 * 1024;

BIO* new_memory() {
    auto* const memory = BIO_new(BIO_s_mem());
    if (memory == nullptr) {
        throw std::bad_alloc{};
    }
    return memory;
}

BIO* give_memory(SSL& session, void (*give)(SSL*, BIO*)) {
    auto* const memory = new_memory();
    give(&session, memory);
    return memory;
}

}  // namespace

TlsStream::TlsStream(std::unique_ptr<Stream> stream, const TlsOptions& options)
    : options_{options},
      stream_{std::move(stream)},
      context_{make_tls_context(options_)},
      session_{make_tls_session(*context_, options_)},
      incoming_{give_memory(*session_, SSL_set0_rbio)},
      outgoing_{give_memory(*session_, SSL_set0_wbio)},
      verdict_{std::make_unique<TlsVerdict>()},
      buffer_(kRecordBufferSize) {
    if (options_.verify != TlsVerify::kNone) {
        verdict_->listen_to(*session_);
    }
}

TlsStream::~TlsStream() {
    stream_->set_wrapper(nullptr);
}

void TlsStream::shake_hands(Deadline deadline) {
    while (true) {
        ERR_clear_error();
        const int done = SSL_do_handshake(session_.get());
        const auto error = done == 1 ? 0 : ERR_peek_error();
        if (done != 1 && SSL_get_error(session_.get(), done) != SSL_ERROR_WANT_READ) {
            fail_handshake(error, deadline);
        }
        try {
            flush(deadline);
            if (done == 1) {
                break;
            }
            if (!hand_on(deadline)) {
                throw ConnectError{stream_->peer() +
                                   " hung up during the TLS handshake; it may speak no TLS"};
            }
        } catch (const DeadlineExceeded& late) {
            throw DeadlineExceeded{
                std::string{"the TLS handshake was not finished in time (a server that speaks no "
                            "TLS may wait like this): "} +
                    late.what(),
                {.breaks_connection = true, .is_transient = true}};
        } catch (const IoError& lost) {
            throw ConnectError{std::string{"during the TLS handshake: "} + lost.what() +
                               "; the server may speak no TLS"};
        }
    }
    TlsVerdict::forget(*session_);
    verdict_ = nullptr;
    failed_ = false;
    // What TLS itself sends and gets, such as tickets, is no business of the session's.
    stream_->set_one_way(true);
    stream_->set_wrapper(this);
}

std::size_t TlsStream::read_some(char* buffer, std::size_t size, Deadline deadline) {
    assert(size > 0);
    check_usable();
    while (!peer_closed_) {
        ERR_clear_error();
        std::size_t got = 0;
        if (SSL_read_ex(session_.get(), buffer, size, &got) == 1) {
            has_read_ = true;
            reply_owed_ = false;
            return got;
        }
        const auto reason = ERR_peek_error();
        switch (SSL_get_error(session_.get(), 0)) {
            case SSL_ERROR_WANT_READ:
                break;
            case SSL_ERROR_ZERO_RETURN:
                peer_closed_ = true;
                continue;
            default:
                fail_session(reason);
        }
        try {
            flush(deadline);
            if (!hand_on(deadline)) {
                throw IoError{stream_->peer() +
                              " hung up without the farewell of TLS (close_notify)"};
            }
        } catch (const IoError& error) {
            lose(error, has_written_);
        }
    }
    return 0;
}

void TlsStream::write_all(std::string_view bytes, Deadline deadline) {
    check_usable();
    while (!bytes.empty()) {
        const auto part = bytes.substr(0, kWriteStep);
        ERR_clear_error();
        std::size_t written = 0;
        if (SSL_write_ex(session_.get(), part.data(), part.size(), &written) != 1) {
            fail_session(ERR_peek_error());
        }
        const bool may_have_begun = has_written_;
        has_written_ = reply_owed_ = true;
        try {
            flush(deadline);
        } catch (const IoError& error) {
            lose(error, error.outcome_unknown() || may_have_begun);
        }
        bytes.remove_prefix(written);
    }
}

StreamState TlsStream::state() const noexcept {
    if (failed_) {
        return StreamState::kFailed;
    }
    auto inside = look_inside();
    auto below = stream_->state();
    while (inside == StreamState::kQuiet && below == StreamState::kUnread) {
        const auto got = stream_->take_arrived(buffer_.data(), buffer_.size());
        if (got == 0) {
            break;  // a stream that cannot, or that has failed
        }
        take_in(buffer_.data(), got);
        inside = look_inside();
        below = stream_->state();
    }
    if (inside != StreamState::kQuiet) {
        return inside;
    }
    if (below == StreamState::kFailed || below == StreamState::kClosedByPeer) {
        return below;
    }
    if (below == StreamState::kUnread || !records_.is_between()) {
        return StreamState::kUnread;
    }
    return reply_owed_ && !one_way_ ? StreamState::kAwaitingReply : StreamState::kQuiet;
}

// Goes through what has been taken in: a byte of the session's stays unread there, a ticket is used
// up, and so is a farewell.
StreamState TlsStream::look_inside() const noexcept {
    if (peer_closed_) {
        return StreamState::kClosedByPeer;
    }
    ERR_clear_error();
    char byte = 0;
    std::size_t seen = 0;
    if (SSL_peek_ex(session_.get(), &byte, 1, &seen) == 1) {
        return StreamState::kUnread;
    }
    const int why = SSL_get_error(session_.get(), 0);  // leaves the queue of errors as it is
    peer_closed_ = why == SSL_ERROR_ZERO_RETURN;
    failed_ = !peer_closed_ && why != SSL_ERROR_WANT_READ;
    seen_failure_ = failed_ ? ERR_peek_error() : 0;
    ERR_clear_error();
    return peer_closed_ ? StreamState::kClosedByPeer
           : failed_    ? StreamState::kFailed
                        : StreamState::kQuiet;
}

void TlsStream::check_usable() {
    if (const auto failure = std::exchange(seen_failure_, 0); failure != 0) {
        fail_session(failure);
    }
    if (failed_) {
        throw IoError{stream_->peer() + ": the stream is unusable after an earlier failure of TLS"};
    }
}

// Gives OpenSSL what arrives next; false when the peer has closed.
bool TlsStream::hand_on(Deadline deadline) {
    const auto got = stream_->read_some(buffer_.data(), buffer_.size(), deadline);
    if (!has_heard_ && got > 0) {
        check_first_bytes(got);
        has_heard_ = true;
    }
    take_in(buffer_.data(), got);
    return got > 0;
}

void TlsStream::take_in(const char* bytes, std::size_t size) const noexcept {
    records_.follow({bytes, size});
    const int taken = BIO_write(incoming_, bytes, static_cast<int>(size));
    failed_ = failed_ || taken != static_cast<int>(size);  // without memory
}

void TlsStream::flush(Deadline deadline) {
    char* bytes = nullptr;
    const auto size = BIO_get_mem_data(outgoing_, &bytes);
    if (size > 0) {
        stream_->write_all({bytes, static_cast<std::size_t>(size)}, deadline);
        static_cast<void>(BIO_reset(outgoing_));
    }
}

void TlsStream::check_first_bytes(std::size_t size) {
    constexpr std::size_t kLongestAnswer = 120;
    const std::string_view first{buffer_.data(), std::min(size, kLongestAnswer)};
    if (!TlsRecords::may_be_answer(first)) {
        throw TlsError{TlsFailure::kNotTls,
                       stream_->peer() + " does not speak TLS: " + describe_plain_answer(first),
                       std::string{first}};
    }
}

void TlsStream::fail_handshake(unsigned long error, Deadline deadline) {
    const auto alert = explain_tls_error(error, options_);
    try {
        flush(deadline);  // so that the peer's log says why
    } catch (const IoError&) {
        // It has gone already.
    }
    const bool is_distrust = verdict_->is_against();
    throw TlsError{is_distrust ? verdict_->failure() : alert.failure,
                   "no TLS with " + stream_->peer() + ": " +
                       (is_distrust ? verdict_->text(options_.host) : alert.text)};
}

// With TLS 1.3 a peer looks at our certificate when for us the handshake is over.
void TlsStream::fail_session(unsigned long error) {
    failed_ = true;
    const auto alert = explain_tls_error(error, options_);
    const auto text = "no TLS with " + stream_->peer() + ": " + alert.text;
    if (!has_read_ && alert.failure == TlsFailure::kClientCertificate) {
        throw TlsError{alert.failure, text};
    }
    throw IoError{
        text, {.breaks_connection = true, .outcome_unknown = has_written_, .is_transient = true}};
}

void TlsStream::lose(const IoError& error, bool outcome_unknown) {
    failed_ = true;
    auto traits = error.traits();
    traits.outcome_unknown = outcome_unknown;
    if (dynamic_cast<const DeadlineExceeded*>(&error) != nullptr) {
        throw DeadlineExceeded{error.what(), traits, error.where()};
    }
    throw IoError{error.what(), traits, error.where()};
}

std::unique_ptr<Stream> start_tls(std::unique_ptr<Stream> stream,
                                  const TlsOptions& options,
                                  Deadline deadline) {
    auto secured = std::make_unique<TlsStream>(std::move(stream), options);
    secured->shake_hands(deadline);
    return secured;
}

TlsError::TlsError(TlsFailure failure,
                   const std::string& what,
                   std::string answer,
                   std::source_location where)
    : ConnectError{what, {.breaks_connection = true}, where},
      failure_{failure},
      answer_{std::move(answer)} {}
TlsError::~TlsError() = default;

std::string_view to_string(TlsFailure failure) noexcept {
    switch (failure) {
        case TlsFailure::kWrongHost:
            return "wrong host";
        case TlsFailure::kExpired:
            return "expired";
        case TlsFailure::kNotYetValid:
            return "not yet valid";
        case TlsFailure::kSelfSigned:
            return "self-signed";
        case TlsFailure::kUnknownCa:
            return "unknown authority";
        case TlsFailure::kUntrusted:
            return "untrusted";
        case TlsFailure::kClientCertificate:
            return "client certificate refused";
        case TlsFailure::kRefused:
            return "refused";
        case TlsFailure::kOldVersion:
            return "version too old";
        case TlsFailure::kNotTls:
            return "not TLS";
        case TlsFailure::kBroken:
            return "protocol error";
    }
    return "unknown";
}

}  // namespace cistern
