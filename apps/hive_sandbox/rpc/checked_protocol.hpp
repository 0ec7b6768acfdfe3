#pragma once

#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/protocol/TVirtualProtocol.h>

#include <cstdint>
#include <memory>
#include <string>

namespace sandbox {

// Thrift's binary protocol for what strangers send: types that do not exist and sizes that cannot
// be end the conversation. Thrift itself takes any byte for a type.
//
// Errors:         TProtocolException.
class CheckedProtocol final
    : public apache::thrift::protocol::TVirtualProtocol<CheckedProtocol,
                                                        apache::thrift::protocol::TBinaryProtocol> {
public:
    using TType = apache::thrift::protocol::TType;
    using TMessageType = apache::thrift::protocol::TMessageType;

    explicit CheckedProtocol(std::shared_ptr<apache::thrift::transport::TTransport> transport);

    std::uint32_t readMessageBegin(std::string& name, TMessageType& type, std::int32_t& sequence);
    std::uint32_t readFieldBegin(std::string& name, TType& type, std::int16_t& id);
    std::uint32_t readMapBegin(TType& key, TType& value, std::uint32_t& size);
    std::uint32_t readListBegin(TType& element, std::uint32_t& size);
    std::uint32_t readSetBegin(TType& element, std::uint32_t& size);

private:
    std::uint32_t read_type(TType& type);
    std::uint32_t read_size(std::uint32_t& size);
};

}  // namespace sandbox
