#pragma once

#include "connector_suite.hpp"
#include "support/line_server.hpp"

namespace cistern::conformance {

// Sends every line back.
class EchoingServer final : public Server {
public:
    [[nodiscard]] std::uint16_t port() const override { return server_.port(); }

private:
    test::LineServer server_;
};

}  // namespace cistern::conformance
