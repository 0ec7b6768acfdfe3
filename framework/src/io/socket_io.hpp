#pragma once

#include "readiness.hpp"
#include "resolver.hpp"

#include <cistern/stream.hpp>

#include <functional>
#include <memory>
#include <string>

namespace cistern {

// Opens streams over this machine's sockets, waiting the way `readiness` waits. While a name has
// addresses left to try, each gets an even share of the time that remains.
class SocketIo final : public IoContext {
public:
    // `random` is the backend's chance; none: there is none.
    explicit SocketIo(Readiness& readiness,
                      ResolverOptions resolver = {},
                      std::function<double()> random = {});

    std::unique_ptr<Stream> connect_tcp(const Endpoint& to, Deadline deadline) override;
    std::unique_ptr<Stream> connect_unix(const std::string& path, Deadline deadline) override;
    [[nodiscard]] const Clock& clock() const noexcept override { return readiness_.clock(); }
    void sleep_until(Deadline deadline) override { readiness_.wait({}, deadline); }
    [[nodiscard]] double random() noexcept override { return random_ ? random_() : 0.0; }

private:
    Readiness& readiness_;
    const Resolver resolver_;
    const std::function<double()> random_;
};

}  // namespace cistern
