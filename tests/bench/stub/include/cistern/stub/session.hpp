#pragma once

namespace stub {

// A session without a server behind it.
class Session {
public:
    Session() = default;
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    virtual ~Session() = default;

    long uses = 0;
};

}  // namespace stub
