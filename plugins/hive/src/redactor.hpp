#pragma once

#include <cistern/secret.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace hive {

// Takes out of a server's words what it was sent in confidence: one was seen to repeat a password in
// an error.
//
// Thread safety:  const members may be called at once from several threads.
class Redactor {
public:
    explicit Redactor(std::initializer_list<cistern::Secret> secrets) {
        for (const auto& secret : secrets) {
            add(secret);
        }
    }

    // An empty secret hides nothing.
    void add(const cistern::Secret& secret) {
        if (!secret.empty()) {
            secrets_.push_back(secret);
        }
    }

    [[nodiscard]] std::string operator()(std::string_view text) const {
        std::string shown{text};
        for (const auto& secret : secrets_) {
            shown = cistern::hide(shown, secret);
        }
        return shown;
    }

private:
    std::vector<cistern::Secret> secrets_;
};

}  // namespace hive
