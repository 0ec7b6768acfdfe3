#include "backend/simulation/simulated_stream.hpp"
#include "backend/simulation/simulated_wire.hpp"
#include "backend/simulation/simulation_backend.hpp"
#include "support/certificates.hpp"
#include "support/test_folder.hpp"
#include "support/tls_peer.hpp"

#include <cistern/tls.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <string>

namespace cistern::simulation {
namespace {

using namespace std::chrono_literals;

class TlsServer final : public SimulatedWire::Server {
public:
    explicit TlsServer(const test::Identity& identity) : peer_{{.identity = identity}} {}

    void on_bytes(SimulatedWire& wire, std::string_view bytes) override {
        if (const auto answer = peer_.take(bytes); !answer.empty()) {
            wire.send_to_client(answer, 10ms);
        }
    }
    void on_client_closed(SimulatedWire& /*wire*/) override {}

private:
    test::TlsPeer peer_;
};

}  // namespace

TEST_CASE("TLS runs over a simulated network, in virtual time", "[unit][tls]") {
    const test::TestFolder folder;
    test::Authority authority{folder.path()};
    SimulationBackend world{GENERATE(1U, 2U, 3U)};
    const auto server = std::make_shared<TlsServer>(authority.issue("server"));
    const auto in = [&](std::chrono::nanoseconds span) {
        return Clock::deadline_at(world.scheduler().now() + span);
    };
    world.scheduler().spawn("client", [&] {
        const auto wire =
            std::make_shared<SimulatedWire>(world.scheduler(), 1, WireFaults{}, server);
        const auto stream = start_tls(
            std::make_unique<SimulatedStream>(world.scheduler(), world.clock(), wire, "db:1"),
            {.host = "localhost", .ca_file = authority.ca_file()},
            in(5s));
        world.scheduler().wait_until(in(1s), "tickets");
        CHECK(stream->state() == StreamState::kQuiet);
        stream->write_all("hello", in(5s));
        CHECK(stream->state() == StreamState::kAwaitingReply);
        std::array<char, 16> bytes{};
        CHECK(stream->read_some(bytes.data(), bytes.size(), in(5s)) == 5);
        CHECK(stream->state() == StreamState::kQuiet);
        CHECK_THROWS_AS(stream->read_some(bytes.data(), bytes.size(), in(5s)), DeadlineExceeded);
    });
    CHECK(world.scheduler().run() == Scheduler::Ending::kDone);
}

}  // namespace cistern::simulation
