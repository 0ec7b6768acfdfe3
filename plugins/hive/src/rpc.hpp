#pragma once

#include "call_transport.hpp"
#include "limited_protocol.hpp"
#include "peer_protocol.hpp"
#include "redactor.hpp"

#include <cistern/deadline.hpp>
#include <cistern/error.hpp>
#include <cistern/stream.hpp>

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace hive {

// The server answered a call with a Thrift exception instead of a result.
class CallRefused : public cistern::Error {
public:
    enum : std::int32_t { kUnknownMethod = 1, kInternalError = 6, kProtocolError = 7 };

    CallRefused(const std::string& what, std::int32_t type);

    [[nodiscard]] std::int32_t type() const noexcept { return type_; }

private:
    std::int32_t type_;
};

// Whether a call may be made again when its reply got lost.
enum class Repeat { kSafe, kUnsafe };

// What reads a reply's struct, which may be long after it was asked for.
class ReplyReader {
public:
    ReplyReader() = default;
    ReplyReader(const ReplyReader&) = delete;
    ReplyReader& operator=(const ReplyReader&) = delete;
    virtual ~ReplyReader() = default;

    // Called before the reply is read: where its bytes shall stay.
    [[nodiscard]] virtual Arena* arena() { return nullptr; }
    virtual void read(LimitedProtocol& protocol) = 0;
    // Called instead of, or after, read() when what was asked for ahead failed while another call
    // was waiting.
    virtual void failed(std::exception_ptr /*error*/) noexcept {}
};

struct RpcOptions {
    Opening opening = Opening::kNoSasl;
    std::uint64_t max_message_size = 0;
    std::shared_ptr<const Redactor> redact;
};

// Calls on one connection, one at a time; one more may be asked for ahead, whose answer is read
// when somebody wants it or when another call needs the connection. Written over the generated
// structs instead of the generated client, which checks neither the sequence id nor the method of a
// reply.
//
// Thread safety:  none.
// Errors:         Thrift's own exceptions end here: IoError and DeadlineExceeded, with
// outcome_unknown for an
//                 unsafe call of which anything was sent; ProtocolError; NotSupported; CallRefused.
class Rpc {
public:
    using Reader = std::function<void(LimitedProtocol&)>;

    Rpc(std::unique_ptr<cistern::Stream> stream,
        std::unique_ptr<WireBytes> bytes,
        RpcOptions options);

    template <class Request, class Reply>
    void call(const char* method,
              const Request& request,
              Reply& reply,
              cistern::Deadline deadline,
              Repeat repeat = Repeat::kSafe) {
        exchange(
            method,
            [&](LimitedProtocol& protocol) { request.write(&protocol); },
            [&](LimitedProtocol& protocol) { reply.read(&protocol); },
            deadline,
            repeat);
    }
    // The same with what reads the reply's struct given.
    void exchange(const char* method,
                  const Reader& write_request,
                  const Reader& read_reply,
                  cistern::Deadline deadline,
                  Repeat repeat);
    void exchange(const char* method,
                  const Reader& write_request,
                  ReplyReader& reader,
                  cistern::Deadline deadline,
                  Repeat repeat);

    // Sends a call and does not wait for its reply, which settle() or the next call gives to
    // `reader`. `reader` has to stay until then, or until disown().
    void ask_ahead(const char* method,
                   const Reader& write_request,
                   ReplyReader& reader,
                   cistern::Deadline deadline,
                   Repeat repeat);
    // Reads the reply to what was asked for ahead, if anything was. What goes wrong is its
    // reader's, and is thrown only when the connection is lost with it.
    void settle(cistern::Deadline deadline);
    // The reply that `reader` was to read will be passed over instead.
    void disown(const ReplyReader& reader) noexcept;
    void disown_all() noexcept { ahead_.reader = nullptr; }

    // Once a call failed in a way that leaves the replies out of step.
    [[nodiscard]] bool is_broken() const noexcept { return broken_ || transport_->has_unread(); }
    [[nodiscard]] const std::string& peer() const noexcept { return peer_; }
    [[nodiscard]] std::string redacted(std::string_view text) const {
        return (*options_.redact)(text);
    }

private:
    // What was asked for ahead; `method` is null when nothing was.
    struct Ahead {
        const char* method = nullptr;
        ReplyReader* reader = nullptr;  // null: nobody wants the reply any more
        Repeat repeat = Repeat::kSafe;
    };

    template <class Step>
    void guarded(const char* method, Repeat repeat, Step step);
    void send(const char* method, const Reader& write_request, cistern::Deadline deadline);
    void receive(const char* method, ReplyReader* reader);
    void read_head(const char* method, bool& is_exception);
    void read_result(const char* method, ReplyReader* reader);
    [[noreturn]] void throw_refusal(const char* method);
    [[noreturn]] void fail(const char* method, const std::string& why) const;

    const RpcOptions options_;
    const std::unique_ptr<cistern::Stream> stream_;
    const std::string peer_;
    const std::shared_ptr<CallTransport> transport_;
    LimitedProtocol protocol_;
    Ahead ahead_;
    std::int32_t sequence_ = 0;
    bool broken_ = false;
    bool answered_ = false;  // the peer has proved once that it speaks our protocol
};

}  // namespace hive
