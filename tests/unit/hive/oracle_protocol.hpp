#pragma once

#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/protocol/TVirtualProtocol.h>
#include <thrift/transport/TBufferTransports.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace hive::test {

// What generated code is to read `bytes` with: Thrift's own binary protocol, save that it refuses a
// type that does not exist, which Thrift makes an enumerator of that does not either, and any size
// of which the bytes cannot hold that many.
class OracleProtocol final
    : public apache::thrift::protocol::TVirtualProtocol<OracleProtocol,
                                                        apache::thrift::protocol::TBinaryProtocol> {
public:
    using TType = apache::thrift::protocol::TType;
    using Memory = apache::thrift::transport::TMemoryBuffer;

    explicit OracleProtocol(std::string_view bytes)
        : OracleProtocol{std::make_shared<Memory>(), bytes} {}

    [[nodiscard]] std::size_t unread() const { return memory_->available_read(); }

    std::uint32_t readFieldBegin(std::string& /*name*/, TType& type, std::int16_t& id) {
        const auto size = read_type(type);
        return type == apache::thrift::protocol::T_STOP ? size : size + readI16(id);
    }
    std::uint32_t readMapBegin(TType& key, TType& value, std::uint32_t& size) {
        const auto types = read_type(key) + read_type(value);
        return types + read_size(size);
    }
    std::uint32_t readListBegin(TType& element, std::uint32_t& size) {
        const auto type = read_type(element);
        return type + read_size(size);
    }
    std::uint32_t readSetBegin(TType& element, std::uint32_t& size) {
        return readListBegin(element, size);
    }

private:
    OracleProtocol(std::shared_ptr<Memory> memory, std::string_view bytes)
        : TVirtualProtocol{memory}, memory_{std::move(memory)}, most_{limit_for(bytes)} {
        setStringSizeLimit(most_);
        setStrict(true, true);
        memory_->write(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                       static_cast<std::uint32_t>(bytes.size()));
    }

    // Generated code makes lists as long as they claim to be.
    static std::int32_t limit_for(std::string_view bytes) {
        return static_cast<std::int32_t>(std::clamp<std::size_t>(bytes.size(), 1, 1 << 20));
    }

    std::uint32_t read_type(TType& type) {
        using namespace apache::thrift::protocol;
        std::int8_t number = 0;
        const auto size = readByte(number);
        constexpr TType kTypes[]{T_STOP,
                                 T_BOOL,
                                 T_BYTE,
                                 T_DOUBLE,
                                 T_I16,
                                 T_I32,
                                 T_I64,
                                 T_STRING,
                                 T_STRUCT,
                                 T_MAP,
                                 T_SET,
                                 T_LIST};
        const auto* const known = std::find_if(std::begin(kTypes), std::end(kTypes), [&](TType t) {
            return static_cast<int>(t) == number;
        });
        if (known == std::end(kTypes)) {
            throw TProtocolException{TProtocolException::INVALID_DATA, "there is no such type"};
        }
        type = *known;
        return size;
    }
    std::uint32_t read_size(std::uint32_t& size) {
        using apache::thrift::protocol::TProtocolException;
        std::int32_t number = 0;
        const auto bytes = readI32(number);
        if (number < 0 || number > most_) {
            throw TProtocolException{TProtocolException::SIZE_LIMIT, "a size cannot be"};
        }
        size = static_cast<std::uint32_t>(number);
        return bytes;
    }

    const std::shared_ptr<Memory> memory_;
    const std::int32_t most_;
};

}  // namespace hive::test
