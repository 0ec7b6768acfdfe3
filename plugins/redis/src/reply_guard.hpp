#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace redis {

// What one reply may cost.
struct ReplyLimits {
    std::uint64_t bytes = 64ULL * 1024 * 1024;  // on the wire, nested ones included
    std::uint64_t elements = 1'000'000;         // in all its arrays together
    std::size_t depth = 7;                      // arrays in arrays; the parser knows no more
};

// Reads along with the parser and refuses a reply that is too large as soon as it says how large it
// is, before anything is allocated for it. It knows just enough of the protocol for that, and is
// stricter than the parser, so that the two cannot disagree about where a reply ends.
//
// Errors:  ProtocolError, after which it is of no more use.
class ReplyGuard {
public:
    explicit ReplyGuard(const ReplyLimits& limits) noexcept : limits_{limits} {}

    // The next bytes of the stream, cut anywhere.
    void scan(std::string_view bytes);
    // True when everything scanned ends with a whole reply.
    [[nodiscard]] bool is_between_replies() const noexcept {
        return type_ == '\0' && open_arrays_.empty();
    }

private:
    void begin_item(char type);
    std::uint64_t skip_string(std::string_view bytes);
    std::size_t scan_line(std::string_view bytes);
    void read_number(std::string_view digits);
    void end_line();
    void end_string_header();
    void end_array_header();
    void end_item() noexcept;
    void count(std::uint64_t bytes);

    const ReplyLimits limits_;
    std::uint64_t bytes_ = 0;                 // of the reply so far
    std::uint64_t elements_ = 0;              // announced so far
    std::vector<std::uint64_t> open_arrays_;  // elements still missing, the outermost first

    char type_ = '\0';        // of the item under way; none between items
    std::uint64_t skip_ = 0;  // bytes of a string that are still to come, its end included
    std::size_t line_bytes_ = 0;
    char last_ = '\0';
    std::uint64_t number_ = 0;
    bool has_digits_ = false;
    bool is_negative_ = false;
};

}  // namespace redis
