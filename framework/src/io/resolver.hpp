#pragma once

#include "readiness.hpp"
#include "socket_address.hpp"

#include <cistern/stream.hpp>

#include <string>
#include <vector>

namespace cistern {

struct ResolverOptions {
    // "10.0.0.53" or "127.0.0.1:5353"; empty: those that the machine is configured with.
    std::vector<std::string> name_servers{};
};

// Turns names into addresses without blocking its thread, by c-ares: hosts file first, then DNS.
//
// Thread safety:  resolve() may be called by any number of tasks at once.
// Ownership:      keeps nothing between calls, so that a change of DNS is seen by the next one.
// Waiting:        until the deadline at most, however many servers, tries and address families.
// Errors:         ConnectError naming the host and why; DeadlineExceeded.
class Resolver {
public:
    explicit Resolver(Readiness& readiness, ResolverOptions options = {});

    // At least one address, the best first. A literal address never waits.
    [[nodiscard]] std::vector<SocketAddress> resolve(const Endpoint& endpoint,
                                                     Deadline deadline) const;

private:
    Readiness& readiness_;
    const std::string name_servers_;  // separated by commas
};

}  // namespace cistern
