#pragma once

#include <cistern/secret.hpp>

#include <string>
#include <string_view>

namespace hive {

// Takes the password out of what a server says: one was seen to repeat it in an error. Only where it
// stands for itself: a word that merely contains it gives nothing away, and would be mangled.
//
// Thread safety:  const members may be called at once from several threads.
class Redactor {
public:
    explicit Redactor(cistern::Secret password) noexcept : password_{std::move(password)} {}

    [[nodiscard]] std::string operator()(std::string_view text) const;

private:
    cistern::Secret password_;
};

}  // namespace hive
