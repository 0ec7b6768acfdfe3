#pragma once

#include "rpc/faults.hpp"
#include "rpc/service.hpp"

#include <cstdint>
#include <string>

namespace sandbox {

// The head of a message: what a reply answers.
struct MessageHead {
    std::string method;
    std::int32_t sequence = 0;
    std::size_t size = 0;  // bytes of the head
};
[[nodiscard]] MessageHead read_head(const std::string& message);

// A whole reply that is an exception.
[[nodiscard]] std::string exception_reply(const MessageHead& head, const ApplicationError& error);

// What a connection does with a reply.
struct FaultyReply {
    std::string bytes;
    bool send = true;
    bool framed = true;   // false: the bytes go out as they are
    bool close = false;   // the connection ends afterwards
    bool freeze = false;  // nothing more is answered on it
};
[[nodiscard]] FaultyReply apply_to_reply(const Faults& faults, std::string reply);

}  // namespace sandbox
