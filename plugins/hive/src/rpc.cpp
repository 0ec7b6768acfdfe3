#include "rpc.hpp"

#include "shown_text.hpp"

#include <cistern/hive/session.hpp>

#include <thrift/Thrift.h>

#include <utility>

namespace hive {
namespace {

namespace thrift = apache::thrift::protocol;

constexpr std::uint32_t kVersion1 = 0x80010000;
constexpr std::uint32_t kVersionMask = 0xffff0000;

cistern::ErrorTraits lost(Repeat repeat, bool sent, bool transient) {
    return {.breaks_connection = true,
            .outcome_unknown = sent && repeat == Repeat::kUnsafe,
            .is_transient = transient};
}

class FunctionReader final : public ReplyReader {
public:
    explicit FunctionReader(const Rpc::Reader& function) noexcept : function_{function} {}

    void read(LimitedProtocol& protocol) override { function_(protocol); }

private:
    const Rpc::Reader& function_;
};

// Lets a reply's bytes stay in an arena while it is read, and no longer.
class Kept {
public:
    Kept(CallTransport& transport, ReplyReader* reader) : transport_{transport} {
        transport_.keep_in(reader != nullptr ? reader->arena() : nullptr);
    }
    Kept(const Kept&) = delete;
    Kept& operator=(const Kept&) = delete;
    ~Kept() { transport_.keep_in(nullptr); }

private:
    CallTransport& transport_;
};

}  // namespace

CallRefused::CallRefused(const std::string& what, std::int32_t type)
    : Error{what, {.breaks_connection = type != kInternalError}}, type_{type} {}

Rpc::Rpc(std::unique_ptr<cistern::Stream> stream,
         std::unique_ptr<WireBytes> bytes,
         RpcOptions options)
    : options_{std::move(options)},
      stream_{std::move(stream)},
      peer_{stream_->peer()},
      transport_{
          std::make_shared<CallTransport>(std::move(bytes), peer_, options_.max_message_size)},
      protocol_{transport_} {}

void Rpc::exchange(const char* method,
                   const Reader& write_request,
                   const Reader& read_reply,
                   cistern::Deadline deadline,
                   Repeat repeat) {
    FunctionReader reader{read_reply};
    exchange(method, write_request, reader, deadline, repeat);
}

void Rpc::exchange(const char* method,
                   const Reader& write_request,
                   ReplyReader& reader,
                   cistern::Deadline deadline,
                   Repeat repeat) {
    settle(deadline);
    guarded(method, repeat, [&] {
        send(method, write_request, deadline);
        receive(method, &reader);
    });
}

void Rpc::ask_ahead(const char* method,
                    const Reader& write_request,
                    ReplyReader& reader,
                    cistern::Deadline deadline,
                    Repeat repeat) {
    settle(deadline);
    guarded(method, repeat, [&] { send(method, write_request, deadline); });
    broken_ = false;
    ahead_ = {method, &reader, repeat};
}

void Rpc::settle(cistern::Deadline deadline) {
    if (ahead_.method == nullptr) {
        return;
    }
    const auto ahead = std::exchange(ahead_, {});
    try {
        guarded(ahead.method, ahead.repeat, [&] {
            transport_->await_until(deadline);
            receive(ahead.method, ahead.reader);
        });
    } catch (...) {
        if (ahead.reader != nullptr) {
            ahead.reader->failed(std::current_exception());
        }
        if (broken_) {
            throw;
        }
    }
}

void Rpc::disown(const ReplyReader& reader) noexcept {
    if (ahead_.reader == &reader) {
        ahead_.reader = nullptr;
    }
}

// Runs a part of a call; whatever it throws says how much the peer may have seen.
template <class Step>
void Rpc::guarded(const char* method, Repeat repeat, Step step) {
    if (broken_) {
        throw cistern::IoError{"hive: the connection to " + peer_ + " was lost by an earlier call"};
    }
    const auto sent = [this] { return transport_->request_sent(); };
    broken_ = true;  // until the reply has been read whole
    try {
        step();
    } catch (const cistern::DeadlineExceeded& error) {
        throw cistern::DeadlineExceeded{std::string{"hive: "} + method + ": " + error.what(),
                                        lost(repeat, sent(), true)};
    } catch (const cistern::IoError& error) {
        throw cistern::IoError{std::string{"hive: "} + method + ": " + error.what(),
                               lost(repeat, sent(), true)};
    } catch (const cistern::ProtocolError& error) {
        throw cistern::ProtocolError{error.what(), lost(repeat, sent(), false)};
    } catch (const apache::thrift::TException& error) {
        throw cistern::ProtocolError{
            "hive: the reply of " + peer_ + " to " + method + " cannot be read: " + error.what(),
            lost(repeat, sent(), false)};
    }
}

void Rpc::send(const char* method, const Reader& write_request, cistern::Deadline deadline) {
    transport_->begin_call(deadline);
    ++sequence_;
    protocol_.writeMessageBegin(method, thrift::T_CALL, sequence_);
    protocol_.writeStructBegin("");
    protocol_.writeFieldBegin("req", thrift::T_STRUCT, 1);
    write_request(protocol_);
    protocol_.writeFieldEnd();
    protocol_.writeFieldStop();
    protocol_.writeStructEnd();
    protocol_.writeMessageEnd();
    transport_->flush();
}

void Rpc::receive(const char* method, ReplyReader* reader) {
    const Kept kept{*transport_, reader};
    const auto first = transport_->first_byte();
    if (!answered_ && options_.opening == Opening::kNoSasl) {
        if (const auto mismatch = describe_mismatch(Opening::kNoSasl, first)) {
            throw cistern::ConnectError{
                "hive: " + peer_ + " did not answer " + method + ": " + *mismatch,
                {.breaks_connection = true, .is_transient = !first}};
        }
    }
    if (!first) {
        throw cistern::IoError{peer_ + " closed the connection instead of answering"};
    }
    bool is_exception = false;
    read_head(method, is_exception);
    answered_ = true;
    if (is_exception) {
        throw_refusal(method);
    }
    read_result(method, reader);
    transport_->end_reply();
    broken_ = false;
}

void Rpc::read_head(const char* method, bool& is_exception) {
    const auto head = static_cast<std::uint32_t>(transport_->read_i32());
    if ((head & kVersionMask) != kVersion1) {
        fail(method, "it does not begin as a Thrift message does");
    }
    const auto name = protocol_.read_text();
    const auto sequence = transport_->read_i32();
    if (name != method) {
        fail(method, "it belongs to another method");
    }
    if (sequence != sequence_) {
        fail(method,
             "its sequence number is " + std::to_string(sequence) + " instead of " +
                 std::to_string(sequence_));
    }
    const auto type = head & 0xff;
    is_exception = type == thrift::T_EXCEPTION;
    if (!is_exception && type != thrift::T_REPLY) {
        fail(method, "its message type is " + std::to_string(type));
    }
}

void Rpc::read_result(const char* method, ReplyReader* reader) {
    bool has_result = false;
    for (auto field = protocol_.read_field(); field.type != thrift::T_STOP;
         field = protocol_.read_field()) {
        if (field.id == 0 && field.type == thrift::T_STRUCT && reader != nullptr && !has_result) {
            reader->read(protocol_);
            has_result = true;
        } else {
            protocol_.skip_value(field.type);
        }
    }
    if (!has_result && reader != nullptr) {
        fail(method, "it holds no result");
    }
}

void Rpc::throw_refusal(const char* method) {
    std::string text;
    std::int32_t type = 0;
    for (auto field = protocol_.read_field(); field.type != thrift::T_STOP;
         field = protocol_.read_field()) {
        if (field.id == 1 && field.type == thrift::T_STRING) {
            text = protocol_.read_text();
        } else if (field.id == 2 && field.type == thrift::T_I32) {
            type = transport_->read_i32();
        } else {
            protocol_.skip_value(field.type);
        }
    }
    transport_->end_reply();
    if (type == CallRefused::kUnknownMethod) {
        broken_ = false;
        throw NotSupported{"hive: " + peer_ + " does not offer " + method};
    }
    broken_ = type != CallRefused::kInternalError;
    std::string what = "hive: " + peer_ + " could not serve " + method + " (Thrift exception " +
                       std::to_string(type) + ")";
    if (std::string_view{method} != "OpenSession") {  // whose request holds the password
        what += ": " + redacted(text).substr(0, kLongestShownText);
    }
    throw CallRefused{what, type};
}

void Rpc::fail(const char* method, const std::string& why) const {
    throw cistern::ProtocolError{"hive: the reply of " + peer_ + " to " + method +
                                 " is damaged: " + why};
}

}  // namespace hive
