#include "limited_protocol.hpp"

#include <thrift/protocol/TProtocol.h>

#include <utility>

namespace hive {
namespace {

using apache::thrift::protocol::TProtocolException;
using namespace apache::thrift::protocol;

}  // namespace

LimitedProtocol::LimitedProtocol(std::shared_ptr<CallTransport> transport)
    : TBinaryProtocol{transport}, transport_{std::move(transport)} {
    setStrict(true, true);
}

LimitedProtocol::Field LimitedProtocol::read_field() {
    Field field;
    field.type = read_type();
    if (field.type != T_STOP) {
        readI16(field.id);
    }
    return field;
}

LimitedProtocol::List LimitedProtocol::read_list() {
    List list;
    list.type = read_type();
    list.size = read_size();
    return list;
}

std::string LimitedProtocol::read_text() {
    std::string text;
    for (std::uint32_t left = read_length(); left > 0;) {
        const auto some = transport_->take_some(left);
        text.append(some);
        left -= static_cast<std::uint32_t>(some.size());
    }
    return text;
}

std::uint32_t LimitedProtocol::read_length() {
    const std::uint32_t length = read_size();
    transport_->expect(length);
    return length;
}

void LimitedProtocol::skip_value(Type type) {
    apache::thrift::protocol::skip<TProtocol>(*this, type);
}

std::uint32_t LimitedProtocol::readFieldBegin_virt(std::string& /*name*/,
                                                   Type& type,
                                                   std::int16_t& id) {
    const Field field = read_field();
    type = field.type;
    id = field.id;
    return type == T_STOP ? 1 : 3;
}

std::uint32_t LimitedProtocol::readMapBegin_virt(Type& key, Type& value, std::uint32_t& size) {
    key = read_type();
    value = read_type();
    size = read_size();
    transport_->charge_elements(size);
    return 6;
}

std::uint32_t LimitedProtocol::readListBegin_virt(Type& element, std::uint32_t& size) {
    const List list = read_list();
    transport_->charge_elements(list.size);
    element = list.type;
    size = list.size;
    return 5;
}

std::uint32_t LimitedProtocol::readSetBegin_virt(Type& element, std::uint32_t& size) {
    return readListBegin_virt(element, size);
}

std::uint32_t LimitedProtocol::readString_virt(std::string& text) {
    text = read_text();
    return static_cast<std::uint32_t>(text.size() + 4);
}

std::uint32_t LimitedProtocol::readBinary_virt(std::string& text) {
    return readString_virt(text);
}

std::uint32_t LimitedProtocol::skip_virt(Type type) {
    return apache::thrift::protocol::skip<TProtocol>(*this, type);
}

LimitedProtocol::Type LimitedProtocol::read_type() {
    const std::uint8_t number = transport_->read_byte();
    switch (number) {
        case T_STOP:
        case T_BOOL:
        case T_BYTE:
        case T_DOUBLE:
        case T_I16:
        case T_I32:
        case T_I64:
        case T_STRING:
        case T_STRUCT:
        case T_MAP:
        case T_SET:
        case T_LIST:
            return static_cast<Type>(number);
        default:
            throw TProtocolException{TProtocolException::INVALID_DATA,
                                     "there is no type " + std::to_string(number)};
    }
}

std::uint32_t LimitedProtocol::read_size() {
    const std::int32_t size = transport_->read_i32();
    if (size < 0) {
        throw TProtocolException{TProtocolException::NEGATIVE_SIZE, "a length is negative"};
    }
    return static_cast<std::uint32_t>(size);
}

}  // namespace hive
