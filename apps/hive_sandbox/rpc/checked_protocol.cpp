#include "rpc/checked_protocol.hpp"

#include <utility>

namespace sandbox {
namespace {

namespace protocol = apache::thrift::protocol;
using protocol::TProtocolException;

constexpr std::int32_t kMaxString = 16 << 20;
constexpr std::int32_t kMaxContainer = 1 << 20;
constexpr std::uint32_t kVersion = 0x80010000;
constexpr std::uint32_t kVersionMask = 0xffff0000;

}  // namespace

CheckedProtocol::CheckedProtocol(std::shared_ptr<apache::thrift::transport::TTransport> transport)
    : TVirtualProtocol{std::move(transport)} {
    setStringSizeLimit(kMaxString);
    setStrict(true, true);
}

std::uint32_t CheckedProtocol::readMessageBegin(std::string& name,
                                                TMessageType& type,
                                                std::int32_t& sequence) {
    std::int32_t head = 0;
    std::uint32_t size = readI32(head);
    const auto bits = static_cast<std::uint32_t>(head);
    const std::uint32_t number = bits & 0xffU;
    const bool known = number >= protocol::T_CALL && number <= protocol::T_ONEWAY;
    if ((bits & kVersionMask) != kVersion || !known) {
        throw TProtocolException{TProtocolException::BAD_VERSION, "this is no Thrift message"};
    }
    type = static_cast<TMessageType>(number);
    size += readString(name);
    return size + readI32(sequence);
}

std::uint32_t CheckedProtocol::read_type(TType& type) {
    std::int8_t number = 0;
    const std::uint32_t size = readByte(number);
    switch (number) {
        case protocol::T_STOP:
        case protocol::T_BOOL:
        case protocol::T_BYTE:
        case protocol::T_DOUBLE:
        case protocol::T_I16:
        case protocol::T_I32:
        case protocol::T_I64:
        case protocol::T_STRING:
        case protocol::T_STRUCT:
        case protocol::T_MAP:
        case protocol::T_SET:
        case protocol::T_LIST:
            type = static_cast<TType>(number);
            return size;
        default:
            throw TProtocolException{TProtocolException::INVALID_DATA, "there is no such type"};
    }
}

std::uint32_t CheckedProtocol::read_size(std::uint32_t& size) {
    std::int32_t number = 0;
    const std::uint32_t bytes = readI32(number);
    if (number < 0 || number > kMaxContainer) {
        throw TProtocolException{TProtocolException::SIZE_LIMIT, "a list or map is too large"};
    }
    size = static_cast<std::uint32_t>(number);
    return bytes;
}

std::uint32_t CheckedProtocol::readFieldBegin(std::string&, TType& type, std::int16_t& id) {
    const std::uint32_t size = read_type(type);
    id = 0;
    return type == protocol::T_STOP ? size : size + readI16(id);
}

std::uint32_t CheckedProtocol::readMapBegin(TType& key, TType& value, std::uint32_t& size) {
    std::uint32_t bytes = read_type(key);
    bytes += read_type(value);
    return bytes + read_size(size);
}

std::uint32_t CheckedProtocol::readListBegin(TType& element, std::uint32_t& size) {
    const std::uint32_t bytes = read_type(element);
    return bytes + read_size(size);
}

std::uint32_t CheckedProtocol::readSetBegin(TType& element, std::uint32_t& size) {
    return readListBegin(element, size);
}

}  // namespace sandbox
