#pragma once

#include "descriptor.hpp"
#include "readiness.hpp"
#include "socket_address.hpp"

#include <string>

namespace cistern {

// How connecting to one address ended: with a connected non-blocking socket, or with why not.
struct ConnectAttempt {
    Descriptor socket{};
    std::string failure{};           // "refused", "did not answer within 2 s"
    bool is_late = false;            // the deadline passed
    bool is_out_of_sockets = false;  // no other address can fare better
};

// Waits until `deadline` at most. What is connected over TCP sends small messages at once, and
// notices within about a minute that its peer is gone, whether it waits or writes.
[[nodiscard]] ConnectAttempt connect_socket(Readiness& readiness,
                                            const SocketAddress& address,
                                            Deadline deadline);

}  // namespace cistern
