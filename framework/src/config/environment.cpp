#include "environment.hpp"

#include <sys/auxv.h>
#include <unistd.h>

namespace cistern {

Environment process_environment() {
    Environment result;
    if (::getauxval(AT_SECURE) != 0) {
        return result;
    }
    for (char** variable = ::environ; variable != nullptr && *variable != nullptr; ++variable) {
        const std::string_view text{*variable};
        const auto equals = text.find('=');
        if (equals != std::string_view::npos) {
            result.emplace(text.substr(0, equals), text.substr(equals + 1));
        }
    }
    return result;
}

std::string variable_of(std::string_view key) {
    return "CISTERN_" + upper_name(key);
}

std::string upper_name(std::string_view key) {
    std::string name;
    for (const char byte : key) {
        if (byte >= 'a' && byte <= 'z') {
            name += static_cast<char>(byte - 'a' + 'A');
        } else {
            const bool stays = (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
            name += stays ? byte : '_';
        }
    }
    return name;
}

}  // namespace cistern
