#pragma once

#include <string>
#include <string_view>

namespace shout {

// Thread safety:  one task at a time.
class Session {
public:
    virtual ~Session() = default;
    virtual std::string shout(std::string_view text) = 0;
};

}  // namespace shout
