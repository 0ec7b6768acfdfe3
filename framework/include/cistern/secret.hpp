#pragma once

#include <cistern/export.hpp>

#include <string>
#include <string_view>

namespace cistern {

// A password or token. It cannot be printed by accident, and its memory is wiped when it goes.
//
// Thread safety:  const members may be called at once from several threads.
// Ownership:      holds its own copy; each copy wipes itself.
class CISTERN_API Secret {
public:
    Secret() = default;
    explicit Secret(std::string value) noexcept;
    Secret(const Secret&) = default;
    Secret(Secret&& other) noexcept;
    // When there is no memory for the copy, nothing is left.
    Secret& operator=(const Secret& other);
    Secret& operator=(Secret&& other) noexcept;
    ~Secret();

    // The value itself, for the one call that sends it.
    [[nodiscard]] std::string_view reveal() const noexcept { return value_; }
    [[nodiscard]] bool empty() const noexcept { return value_.empty(); }

private:
    std::string value_;
};

// `text` with "***" wherever `secret` stands for itself, for texts of a server that may repeat what
// it was sent. Inside a longer word it stays: that gives nothing away, and hiding it would mangle
// texts. Whoever shortens a text hides first: half a secret would not be found any more.
[[nodiscard]] CISTERN_API std::string hide(std::string_view text, const Secret& secret);

}  // namespace cistern
