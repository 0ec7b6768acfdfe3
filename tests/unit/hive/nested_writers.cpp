#include "nested_writers.hpp"

namespace hive::test {
namespace {

bool is_string(Type type) {
    return type == Type::kString || type == Type::kVarchar || type == Type::kChar;
}

struct Hive {
    static std::string text(const std::string& text, Type type) {
        const bool is_interval = type == Type::kIntervalYearMonth || type == Type::kIntervalDayTime;
        return is_interval ? text : in_json(text);
    }
};

struct Spark {
    static std::string text(const std::string& text, Type type) {
        return is_string(type) ? '"' + text + '"' : text;
    }
};

template <class Server>
std::string written(const Value& value, const NestedType& type);

const NestedType& type_at(const NestedType& type, const Value& value, std::size_t index) {
    return type.type == Type::kMap     ? type.parts[1]
           : type.type == Type::kUnion ? type.parts[std::stoul(value.keys[0].text)]
                                       : type.parts[index];
}

template <class Server>
std::string key_of(const Value& value, const NestedType& type, std::size_t index) {
    switch (type.type) {
        case Type::kMap:
            return written<Server>(value.keys[index], type.parts[0]);
        case Type::kUnion:
            return value.keys[index].text;
        default:
            return '"' + value.keys[index].text + '"';
    }
}

template <class Server>
std::string written(const Value& value, const NestedType& type) {
    std::string out;
    switch (value.kind) {
        case Value::Kind::kNull:
            return "null";
        case Value::Kind::kBoolean:
            return value.boolean ? "true" : "false";
        case Value::Kind::kNumber:
            return value.text;
        case Value::Kind::kText:
            return Server::text(value.text, type.type);
        case Value::Kind::kList:
            for (const auto& item : value.items) {
                out += (out.empty() ? "" : ",") + written<Server>(item, type.parts[0]);
            }
            return '[' + out + ']';
        case Value::Kind::kEntries:
            break;
    }
    for (std::size_t i = 0; i < value.items.size(); ++i) {
        out += (i == 0 ? "" : ",") + key_of<Server>(value, type, i) + ':' +
               written<Server>(value.items[i], type_at(type, value, i));
    }
    return '{' + out + '}';
}

}  // namespace

std::string in_json(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    constexpr std::string_view kNamed = "\"\\\b\f\n\r\t";
    constexpr std::string_view kNames = "\"\\bfnrt";
    std::string out{'"'};
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (const auto named = kNamed.find(c); named != std::string_view::npos) {
            out += {'\\', kNames[named]};
        } else if (byte < 0x20) {
            out += "\\u00";
            out += {kDigits[byte >> 4U], kDigits[byte & 15U]};
        } else {
            out += c;
        }
    }
    return out + '"';
}

std::string written_by_hive(const Value& value, const NestedType& type) {
    return written<Hive>(value, type);
}

std::string written_by_spark(const Value& value, const NestedType& type) {
    return written<Spark>(value, type);
}

}  // namespace hive::test
