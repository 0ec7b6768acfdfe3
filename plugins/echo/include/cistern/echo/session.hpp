#pragma once

#include <cistern/deadline.hpp>

#include <string>
#include <string_view>

namespace echo {

// What applications program against. Implemented inside the plugin; link nothing of it.
//
// Thread safety:  one task at a time.
class Session {
public:
    virtual ~Session() = default;

    // Sends `line`, which holds no line feed, and returns what came back.
    virtual std::string echo(std::string_view line, cistern::Timeout timeout) = 0;
};

}  // namespace echo
