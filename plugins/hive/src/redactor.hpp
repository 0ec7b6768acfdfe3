#pragma once

#include <cistern/secret.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace hive {

// Takes the password out of what a server says: one was seen to repeat it in an error.
//
// Thread safety:  const members may be called at once from several threads.
class Redactor {
public:
    explicit Redactor(cistern::Secret password) noexcept : password_{std::move(password)} {}

    [[nodiscard]] std::string operator()(std::string_view text) const {
        return cistern::hide(text, password_);
    }

private:
    cistern::Secret password_;
};

}  // namespace hive
