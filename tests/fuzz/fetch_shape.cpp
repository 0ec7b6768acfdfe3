#include "fetch_shape.hpp"

#include "unit/hive/oracle_protocol.hpp"

#include <optional>
#include <set>
#include <string>
#include <utility>

namespace cistern::fuzz {
namespace {

using namespace apache::thrift;
using protocol::TType;

struct Struct;

// What a field should be.
struct Shape {
    TType type = protocol::T_STOP;
    TType element = protocol::T_STOP;  // of a list
    const Struct* inside = nullptr;    // of a struct, or of a list's elements
};

struct Struct {
    std::optional<Shape> (*field)(std::int16_t id);
    bool is_union = false;  // holds at most one of its fields
};

constexpr TType kKinds[]{protocol::T_BOOL,
                         protocol::T_BYTE,
                         protocol::T_I16,
                         protocol::T_I32,
                         protocol::T_I64,
                         protocol::T_DOUBLE,
                         protocol::T_STRING,
                         protocol::T_STRING};

// TBoolColumn, TByteColumn and so on, TBoolValue, TByteValue and so on.
template <std::size_t kKind>
constexpr Struct kTypedColumn{[](std::int16_t id) -> std::optional<Shape> {
    if (id == 1) {
        return Shape{protocol::T_LIST, kKinds[kKind]};
    }
    return id == 2 ? std::optional{Shape{protocol::T_STRING}} : std::nullopt;
}};
template <std::size_t kKind>
constexpr Struct kTypedValue{
    [](std::int16_t id) { return id == 1 ? std::optional{Shape{kKinds[kKind]}} : std::nullopt; }};

template <template <std::size_t> class Of, std::size_t... kKind>
std::optional<Shape> member(std::int16_t id, std::index_sequence<kKind...>) {
    constexpr const Struct* kMembers[]{Of<kKind>::value...};
    if (id < 1 || static_cast<std::size_t>(id) > sizeof...(kKind)) {
        return std::nullopt;
    }
    return Shape{protocol::T_STRUCT, protocol::T_STOP, kMembers[id - 1]};
}
template <std::size_t kKind>
struct ColumnOf {
    static constexpr const Struct* value = &kTypedColumn<kKind>;
};
template <std::size_t kKind>
struct ValueOf {
    static constexpr const Struct* value = &kTypedValue<kKind>;
};

constexpr Struct kColumn{
    [](std::int16_t id) { return member<ColumnOf>(id, std::make_index_sequence<8>{}); }, true};
constexpr Struct kCell{
    [](std::int16_t id) { return member<ValueOf>(id, std::make_index_sequence<7>{}); }, true};
constexpr Struct kRow{[](std::int16_t id) {
    return id == 1 ? std::optional{Shape{protocol::T_LIST, protocol::T_STRUCT, &kCell}}
                   : std::nullopt;
}};
constexpr Struct kRowSet{[](std::int16_t id) -> std::optional<Shape> {
    switch (id) {
        case 1:
            return Shape{protocol::T_I64};
        case 2:
            return Shape{protocol::T_LIST, protocol::T_STRUCT, &kRow};
        case 3:
            return Shape{protocol::T_LIST, protocol::T_STRUCT, &kColumn};
        case 4:
            return Shape{protocol::T_STRING};
        case 5:
            return Shape{protocol::T_I32};
        default:
            return std::nullopt;
    }
}};
constexpr Struct kReply{[](std::int16_t id) -> std::optional<Shape> {
    switch (id) {
        case 1:
            return Shape{protocol::T_STRUCT};
        case 2:
            return Shape{protocol::T_BOOL};
        case 3:
            return Shape{protocol::T_STRUCT, protocol::T_STOP, &kRowSet};
        default:
            return std::nullopt;
    }
}};

class Reader {
public:
    explicit Reader(std::string_view bytes) : protocol_{bytes} {}

    void skip() { protocol_.skip(protocol::T_STRUCT); }
    [[nodiscard]] std::size_t unread() const { return protocol_.unread(); }

    bool is_plain(const Struct& expected) {
        std::set<std::int16_t> seen;
        std::string name;
        TType type = protocol::T_STOP;
        std::int16_t id = 0;
        while (true) {
            protocol_.readFieldBegin(name, type, id);
            if (type == protocol::T_STOP) {
                return true;
            }
            const auto shape = expected.field(id);
            if (!shape || shape->type != type) {
                protocol_.skip(type);  // a field that nobody knows
                continue;
            }
            const bool is_second =
                !seen.insert(id).second || (expected.is_union && seen.size() > 1);
            if (is_second || !is_plain_value(*shape)) {
                return false;
            }
        }
    }

private:
    bool is_plain_value(const Shape& shape) {
        if (shape.type == protocol::T_STRUCT && shape.inside != nullptr) {
            return is_plain(*shape.inside);
        }
        if (shape.type != protocol::T_LIST) {
            protocol_.skip(shape.type);
            return true;
        }
        TType element = protocol::T_STOP;
        std::uint32_t size = 0;
        protocol_.readListBegin(element, size);
        if (size != 0 && element != shape.element) {
            return false;
        }
        for (; size > 0; --size) {
            if (shape.inside != nullptr ? !is_plain(*shape.inside)
                                        : (protocol_.skip(element), false)) {
                return false;
            }
        }
        return true;
    }

    hive::test::OracleProtocol protocol_;
};

}  // namespace

bool is_plain_fetch_reply(std::string_view bytes) {
    try {
        return Reader{bytes}.is_plain(kReply);
    } catch (const TException&) {
        return false;
    }
}

std::size_t size_of_struct(std::string_view bytes) {
    Reader reader{bytes};
    try {
        reader.skip();
    } catch (const TException&) {
        return 0;
    }
    return bytes.size() - reader.unread();
}

}  // namespace cistern::fuzz
