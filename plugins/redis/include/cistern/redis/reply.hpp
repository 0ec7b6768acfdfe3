#pragma once

// What a Redis server answers. Header only: applications link nothing of the plugin.

#include <cistern/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace redis {

// The server answered with an error: "WRONGTYPE Operation against a key holding the wrong kind of
// value". The session survives. Transient where the server itself says that it is busy with
// something that will end.
class ServerError : public cistern::Error {
public:
    // `what` is what the user is told; `code` is the error's first word when that is in capitals.
    ServerError(const std::string& what, std::string code)
        : Error{what, {.is_transient = is_passing(code)}}, code_{std::move(code)} {}

    // "WRONGTYPE", "MOVED", "NOAUTH", "ERR"; empty when the server named none.
    [[nodiscard]] const std::string& code() const noexcept { return code_; }

private:
    [[nodiscard]] static bool is_passing(std::string_view code) noexcept {
        return code == "LOADING" || code == "BUSY" || code == "TRYAGAIN" || code == "MASTERDOWN" ||
               code == "CLUSTERDOWN" || code == "NOREPLICAS";
    }

    std::string code_;
};

// One reply, with the type the server gave it. Strings are any bytes.
//
// Thread safety:  a value; const members may be called by any number of tasks at once.
// Errors:         the getters throw ServerError on an error reply, and cistern::Error that names
//                 both types on any other that is not what was asked for. Neither touches the
//                 session.
class Reply {
public:
    enum class Type { kNil, kStatus, kError, kInteger, kString, kArray };

    // -- Making one -------------------------------------------------------------------------------

    Reply() = default;  // nil
    [[nodiscard]] static Reply status(std::string text) { return {Type::kStatus, std::move(text)}; }
    [[nodiscard]] static Reply error(std::string text) { return {Type::kError, std::move(text)}; }
    [[nodiscard]] static Reply string(std::string bytes) {
        return {Type::kString, std::move(bytes)};
    }
    [[nodiscard]] static Reply integer(std::int64_t value) {
        Reply reply{Type::kInteger, {}};
        reply.integer_ = value;
        return reply;
    }
    [[nodiscard]] static Reply array(std::vector<Reply> elements = {}) {
        Reply reply{Type::kArray, {}};
        reply.elements_ = std::move(elements);
        return reply;
    }
    // REQUIRES: an array. The element stays where it is until the next one is added.
    Reply& append(Reply element) {
        elements_.push_back(std::move(element));
        return elements_.back();
    }

    // -- Asking it --------------------------------------------------------------------------------

    [[nodiscard]] Type type() const noexcept { return type_; }
    [[nodiscard]] bool is_nil() const noexcept { return type_ == Type::kNil; }
    [[nodiscard]] bool is_error() const noexcept { return type_ == Type::kError; }
    // True for exactly this status: "OK", "PONG", "QUEUED".
    [[nodiscard]] bool is_status(std::string_view text) const noexcept {
        return type_ == Type::kStatus && text_ == text;
    }

    // Of a string or a status.
    [[nodiscard]] const std::string& text() const& {
        require(type_ == Type::kString || type_ == Type::kStatus, "a string");
        return text_;
    }
    [[nodiscard]] std::string text() && {
        require(type_ == Type::kString || type_ == Type::kStatus, "a string");
        return std::move(text_);
    }
    // Of an integer; a string that only looks like one is a string.
    [[nodiscard]] std::int64_t integer() const {
        require(type_ == Type::kInteger, "an integer");
        return integer_;
    }
    // Of an array.
    [[nodiscard]] const std::vector<Reply>& elements() const& {
        require(type_ == Type::kArray, "an array");
        return elements_;
    }
    [[nodiscard]] std::vector<Reply> elements() && {
        require(type_ == Type::kArray, "an array");
        return std::move(elements_);
    }

    // Of an error reply: all that the server said, and its first word when that is in capitals.
    // Empty for any other reply.
    [[nodiscard]] std::string_view error_message() const noexcept {
        return is_error() ? std::string_view{text_} : std::string_view{};
    }
    [[nodiscard]] std::string_view error_code() const noexcept {
        const auto word = error_message().substr(0, error_message().find(' '));
        const bool is_code = word.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") ==
                             std::string_view::npos;
        return is_code ? word : std::string_view{};
    }
    void throw_if_error() const {
        if (is_error()) {
            throw ServerError{text_, std::string{error_code()}};
        }
    }

    friend bool operator==(const Reply& a, const Reply& b) noexcept {
        return a.type_ == b.type_ && a.integer_ == b.integer_ && a.text_ == b.text_ &&
               a.elements_ == b.elements_;
    }

private:
    Reply(Type type, std::string text) : type_{type}, text_{std::move(text)} {}

    void require(bool fits, const char* wanted) const {
        throw_if_error();
        if (!fits) {
            throw cistern::Error{std::string{"redis: the reply is "} + name(type_) + ", not " +
                                 wanted};
        }
    }
    [[nodiscard]] static const char* name(Type type) noexcept {
        switch (type) {
            case Type::kNil:
                return "nil";
            case Type::kStatus:
                return "a status";
            case Type::kError:
                return "an error";
            case Type::kInteger:
                return "an integer";
            case Type::kString:
                return "a string";
            case Type::kArray:
                return "an array";
        }
        return "of an unknown type";
    }

    Type type_ = Type::kNil;
    std::int64_t integer_ = 0;
    std::string text_;
    std::vector<Reply> elements_;
};

}  // namespace redis
