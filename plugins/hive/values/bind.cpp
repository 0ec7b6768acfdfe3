#include "shown_text.hpp"
#include "text_cursor.hpp"

#include <cistern/hive/parameters.hpp>
#include <cistern/hive/sql_piece.hpp>

#include <optional>
#include <set>

namespace hive {
namespace {

constexpr std::size_t kMostBytes = std::size_t{64} << 20U;

bool is_name(char c) noexcept {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

[[noreturn]] void refuse(const std::string& what) {
    throw BindError{"hive: the statement " + what};
}

std::string literal_of(const Parameter& value, const std::string& name) {
    try {
        return literal(value);
    } catch (const BindError& error) {
        constexpr std::string_view kPrefix = "hive: the value ";
        throw BindError{"hive: the value of " + name + ' ' + (error.what() + kPrefix.size())};
    }
}

// Copies a statement and leaves places for literals.
class Binder {
public:
    explicit Binder(std::string_view sql) noexcept : sql_{sql} {}

    // `replace` is asked at each byte of code, with what follows from there on; it answers the
    // literal and how many bytes it stands for.
    struct Replacement {
        std::string literal;
        std::size_t size;
    };
    template <class Replace>
    std::string run(Replace replace) {
        while (at_ < sql_.size()) {
            const auto piece = first_piece(sql_.substr(at_));
            check(piece);
            std::optional<Replacement> replacement;
            if (piece.kind == SqlPiece::Kind::kCode) {
                replacement = replace(sql_.substr(at_), at_ == 0 ? ' ' : sql_[at_ - 1]);
            }
            if (replacement) {
                at_ += replacement->size;
                put(*replacement);
            } else {
                at_ += piece.text.size();
                out_ += piece.text;
            }
            if (out_.size() > kMostBytes) {
                refuse("passes 64 MiB with its values");
            }
        }
        return std::move(out_);
    }

private:
    void check(const SqlPiece& piece) const {
        if (!piece.is_closed) {
            refuse(piece.kind == SqlPiece::Kind::kBlockComment
                       ? "has a comment that is never closed: */ is missing"
                       : std::string{"has a quote that is never closed: "} + piece.text.front() +
                             " is missing");
        }
        const bool has_r = at_ > 0 && (sql_[at_ - 1] == 'r' || sql_[at_ - 1] == 'R');
        if (piece.kind == SqlPiece::Kind::kQuoted && has_r &&
            (at_ == 1 || !is_name(sql_[at_ - 2])) &&
            piece.text.find('\\') != std::string_view::npos) {
            refuse(
                "has a raw string with a backslash; Hive and Spark disagree on where it ends, so "
                "give it as a value");
        }
    }

    // With a blank where it would grow together with its neighbour.
    void put(const Replacement& replacement) {
        const auto is_apart = [](char c) { return c == ' ' || c == '(' || c == ')' || c == ','; };
        out_ += !out_.empty() && !is_apart(out_.back()) ? " " : "";
        out_ += replacement.literal;
        out_ += at_ < sql_.size() && !is_apart(sql_[at_]) ? " " : "";
    }

    std::string_view sql_;
    std::size_t at_ = 0;
    std::string out_;
};

}  // namespace

std::string bind(std::string_view sql, const Parameters& values) {
    std::size_t places = 0;
    auto bound =
        Binder{sql}.run([&](std::string_view rest, char) -> std::optional<Binder::Replacement> {
            if (rest.front() != '?') {
                return std::nullopt;
            }
            const std::size_t place = places++;
            if (place >= values.size()) {
                return Binder::Replacement{"?", 1};  // told below, with the whole number
            }
            return Binder::Replacement{
                literal_of(values[place], "parameter " + std::to_string(place + 1)), 1};
        });
    if (places != values.size()) {
        refuse("has " + std::to_string(places) + " parameters (?), and " +
               std::to_string(values.size()) + " values were given");
    }
    return bound;
}

std::string bind_named(std::string_view sql, const NamedParameters& values) {
    std::set<std::string_view> used;
    auto bound = Binder{sql}.run([&](std::string_view rest,
                                     char before) -> std::optional<Binder::Replacement> {
        std::size_t size = 1;
        while (rest.front() == ':' && size < rest.size() && is_name(rest[size])) {
            ++size;
        }
        if (size == 1 || is_digit(rest[1]) || is_name(before) || before == ':' || before == '`') {
            return std::nullopt;
        }
        const auto found = values.find(rest.substr(1, size - 1));
        if (found == values.end()) {
            refuse("has a parameter :" + shown(rest.substr(1, size - 1)) +
                   ", and no such value was given");
        }
        used.insert(found->first);
        return Binder::Replacement{literal_of(found->second, ":" + shown(found->first)), size};
    });
    for (const auto& [name, value] : values) {
        if (!used.contains(name)) {
            refuse("has no parameter :" + shown(name) + ", for which a value was given");
        }
    }
    return bound;
}

std::unique_ptr<Operation> execute(Session& session,
                                   std::string_view sql,
                                   const Parameters& values,
                                   const ExecuteOptions& options) {
    return session.execute(bind(sql, values), options);
}

std::unique_ptr<Operation> execute_named(Session& session,
                                         std::string_view sql,
                                         const NamedParameters& values,
                                         const ExecuteOptions& options) {
    return session.execute(bind_named(sql, values), options);
}

}  // namespace hive
