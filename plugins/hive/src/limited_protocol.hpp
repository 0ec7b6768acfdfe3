#pragma once

#include "call_transport.hpp"

#include <thrift/protocol/TBinaryProtocol.h>

#include <cstdint>
#include <memory>
#include <string>

namespace hive {

// Thrift's binary protocol for generated code, reading only what a hostile peer cannot misuse: a
// string's memory grows with the bytes that have arrived, a container's size is charged before it
// is made, and a type that does not exist is refused.
//
// Thread safety:  none.
// Errors:         TProtocolException, ProtocolError, and what the stream throws.
class LimitedProtocol final : public apache::thrift::protocol::TBinaryProtocol {
public:
    using Type = apache::thrift::protocol::TType;
    struct Field {
        Type type = apache::thrift::protocol::T_STOP;
        std::int16_t id = 0;
    };
    struct List {
        Type type = apache::thrift::protocol::T_STOP;
        std::uint32_t size = 0;
    };

    explicit LimitedProtocol(std::shared_ptr<CallTransport> transport);

    [[nodiscard]] CallTransport& transport() noexcept { return *transport_; }

    [[nodiscard]] Field read_field();
    // The head of a list whose elements the caller reads one by one, growing with what arrives.
    [[nodiscard]] List read_list();
    [[nodiscard]] std::string read_text();
    // The length of a string that the caller reads piece by piece.
    [[nodiscard]] std::uint32_t read_length();
    void skip_value(Type type);

    std::uint32_t readFieldBegin_virt(std::string& name, Type& type, std::int16_t& id) override;
    std::uint32_t readMapBegin_virt(Type& key, Type& value, std::uint32_t& size) override;
    std::uint32_t readListBegin_virt(Type& element, std::uint32_t& size) override;
    std::uint32_t readSetBegin_virt(Type& element, std::uint32_t& size) override;
    std::uint32_t readString_virt(std::string& text) override;
    std::uint32_t readBinary_virt(std::string& text) override;
    std::uint32_t skip_virt(Type type) override;

private:
    [[nodiscard]] Type read_type();
    [[nodiscard]] std::uint32_t read_size();

    const std::shared_ptr<CallTransport> transport_;
};

}  // namespace hive
