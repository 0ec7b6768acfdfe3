#pragma once

#include "backend/simulation/fault_plan.hpp"
#include "backend/simulation/scheduler.hpp"
#include "backend/simulation/simulated_server.hpp"

#include <cistern/stream.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace cistern::simulation {

// All servers of a run, the names they go by, and the way there. A name is looked up at each
// connect, so that a failover is one call of point().
//
// Thread safety:  none.
// Waiting:        connect_*() and sleep_until() wait in virtual time; called by tasks only.
class SimulatedNetwork final : public IoContext {
public:
    SimulatedNetwork(Scheduler& scheduler, const Clock& clock, FaultPlan& faults) noexcept
        : scheduler_{scheduler}, clock_{clock}, faults_{faults} {}

    // A server at `address` ("10.0.0.1:7"; or a path, for connect_unix()).
    SimulatedServer& add_server(const std::string& address, std::unique_ptr<ServerScript> script);
    // From now on `name` ("db:7") is `address`.
    void point(const std::string& name, const std::string& address) { names_[name] = address; }

    // -- IoContext --------------------------------------------------------------------------------
    std::unique_ptr<Stream> connect_tcp(const Endpoint& to, Deadline deadline) override;
    std::unique_ptr<Stream> connect_unix(const std::string& path, Deadline deadline) override;
    [[nodiscard]] const Clock& clock() const noexcept override { return clock_; }
    void sleep_until(Deadline deadline) override { scheduler_.sleep_until(deadline); }
    [[nodiscard]] double random() noexcept override { return scheduler_.random().fraction(); }

private:
    std::unique_ptr<Stream> connect(const std::string& to, Deadline deadline);
    void wait_for_answer(const std::string& from, Deadline deadline, ConnectFault fault);

    Scheduler& scheduler_;
    const Clock& clock_;
    FaultPlan& faults_;
    std::map<std::string, std::shared_ptr<SimulatedServer>> servers_;
    std::map<std::string, std::string> names_;
    std::uint64_t wires_made_ = 0;
};

}  // namespace cistern::simulation
