#pragma once

#include <cstdint>
#include <string>

namespace hive {

// What Kerberos says about a failure, without the general part where there is a special one.
[[nodiscard]] std::string gss_text(std::uint32_t major, std::uint32_t minor);

// Who wanted to log in where.
struct GssTarget {
    std::string peer;
    std::string principal;
    std::string keytab{};  // empty: none was asked for
    std::string cache{};   // likewise
};

// Throws AuthError: who refused whom, why, and what to do about it.
[[noreturn]] void throw_login_failed(const GssTarget& target,
                                     std::uint32_t major,
                                     std::uint32_t minor);

}  // namespace hive
