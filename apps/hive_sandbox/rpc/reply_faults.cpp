#include "rpc/reply_faults.hpp"

#include <thrift/TApplicationException.h>
#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/transport/TBufferTransports.h>

#include <memory>
#include <string_view>
#include <utility>

namespace sandbox {
namespace {

using apache::thrift::protocol::TBinaryProtocol;
using apache::thrift::transport::TMemoryBuffer;

// Version and type, then the length of the name.
constexpr std::size_t kNameAt = 8;
constexpr std::size_t kSequence = 4;
// Behind the head: field 0 of the result, a struct, begins with type and number.
constexpr std::size_t kResultField = 3;

std::uint32_t read_u32(const std::string& bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        value = value << 8U | static_cast<unsigned char>(bytes.at(at + i));
    }
    return value;
}

// An i32 and a map<string,i32> under numbers that no version of the protocol uses.
std::string unknown_fields() {
    auto memory = std::make_shared<TMemoryBuffer>();
    TBinaryProtocol out{memory};
    out.writeFieldBegin("x", apache::thrift::protocol::T_I32, 29999);
    out.writeI32(42);
    out.writeFieldBegin("y", apache::thrift::protocol::T_MAP, 30000);
    out.writeMapBegin(apache::thrift::protocol::T_STRING, apache::thrift::protocol::T_I32, 1);
    out.writeString(std::string{"key"});
    out.writeI32(7);
    return memory->getBufferAsString();
}

// A binary field that claims to be almost 2 GiB long.
std::string oversize_field() {
    return std::string{"\x0b\x75\x2f", 3} + std::string{"\x7f\xff\xff\xf0", 4};
}

}  // namespace

MessageHead read_head(const std::string& message) {
    MessageHead head;
    const std::size_t length = read_u32(message, 4);
    head.method = message.substr(kNameAt, length);
    head.sequence = static_cast<std::int32_t>(read_u32(message, kNameAt + length));
    head.size = kNameAt + length + kSequence;
    return head;
}

std::string exception_reply(const MessageHead& head, const ApplicationError& error) {
    auto memory = std::make_shared<TMemoryBuffer>();
    TBinaryProtocol out{memory};
    const auto type =
        static_cast<apache::thrift::TApplicationException::TApplicationExceptionType>(error.type);
    const apache::thrift::TApplicationException exception{type, error.text};
    out.writeMessageBegin(head.method, apache::thrift::protocol::T_EXCEPTION, head.sequence);
    exception.write(&out);
    out.writeMessageEnd();
    return memory->getBufferAsString();
}

FaultyReply apply_to_reply(const Faults& faults, std::string reply) {
    FaultyReply out{std::move(reply)};
    const MessageHead head = read_head(out.bytes);
    for (const auto& [fault, method] : faults.replies) {
        if (method != "all" && method != head.method) {
            continue;
        }
        switch (fault) {
            case ReplyFault::kUnknownField:
                out.bytes.insert(head.size + kResultField, unknown_fields());
                break;
            case ReplyFault::kOversizeLength:
                out.bytes.resize(head.size + kResultField);
                out.bytes += oversize_field();
                break;
            case ReplyFault::kTruncated:
                out.bytes.resize(out.bytes.size() / 2);
                out.close = true;
                break;
            case ReplyFault::kExtraReply:
                out.bytes += out.bytes;
                break;
            case ReplyFault::kWrongSequence:
                out.bytes[head.size - 1] = static_cast<char>(out.bytes[head.size - 1] + 1);
                break;
            case ReplyFault::kWrongMethod:
                out.bytes[kNameAt] = out.bytes[kNameAt] == 'X' ? 'Y' : 'X';
                break;
            case ReplyFault::kGarbage:
                out.bytes = "HTTP/1.1 400 This is no Thrift\r\n\r\n";
                out.framed = false;
                break;
            case ReplyFault::kDrop:
                out.send = false;
                out.close = true;
                break;
            case ReplyFault::kFreeze:
                out.send = false;
                out.freeze = true;
                break;
            case ReplyFault::kException:
                out.bytes = exception_reply(head,
                                            {apache::thrift::TApplicationException::INTERNAL_ERROR,
                                             "hive-sandbox was told to fail here"});
                break;
        }
    }
    return out;
}

}  // namespace sandbox
