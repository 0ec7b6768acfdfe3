#include "backend/simulation/simulated_network.hpp"

#include "backend/simulation/simulated_stream.hpp"

#include <algorithm>
#include <utility>

namespace cistern::simulation {

SimulatedServer& SimulatedNetwork::add_server(const std::string& address,
                                              std::unique_ptr<ServerScript> script) {
    auto server = std::make_shared<SimulatedServer>(scheduler_, std::move(script));
    return *(servers_[address] = std::move(server));
}

std::unique_ptr<Stream> SimulatedNetwork::connect_tcp(const Endpoint& to, Deadline deadline) {
    return connect(to_string(to), deadline);
}

std::unique_ptr<Stream> SimulatedNetwork::connect_unix(const std::string& path, Deadline deadline) {
    return connect(path, deadline);
}

std::unique_ptr<Stream> SimulatedNetwork::connect(const std::string& to, Deadline deadline) {
    scheduler_.yield_point("connect");
    if (scheduler_.holds_lock()) {
        scheduler_.stop_for("connect is called under a lock");
    }
    const auto name = names_.find(to);
    const std::string address = name != names_.end() ? name->second : to;
    const auto found = servers_.find(address);
    if (found == servers_.end()) {
        throw ConnectError{to + ": there is no such host"};
    }
    const auto server = found->second;
    const auto fault =
        server->answers_connects() ? faults_.draw_connect() : ConnectFault::kBlackHole;
    wait_for_answer(address, deadline, fault);
    if (fault == ConnectFault::kRefuse || !server->is_up()) {
        throw ConnectError{address + ": connection refused"};
    }
    auto wire =
        std::make_shared<SimulatedWire>(scheduler_, ++wires_made_, faults_.draw_wire(), server);
    server->accept(wire);
    scheduler_.note("connected", wire->number());
    return std::make_unique<SimulatedStream>(scheduler_, clock_, std::move(wire), address);
}

void SimulatedNetwork::wait_for_answer(const std::string& from,
                                       Deadline deadline,
                                       ConnectFault fault) {
    const auto answer = fault == ConnectFault::kBlackHole
                            ? Deadline::never()
                            : Clock::deadline_at(scheduler_.now() + faults_.draw_connect_time());
    while (scheduler_.wait_until(std::min(answer, deadline), "connect")) {
        // Woken for something else.
    }
    if (deadline < answer) {
        throw DeadlineExceeded{from + " did not answer before the deadline",
                               {.breaks_connection = true, .is_transient = true}};
    }
}

}  // namespace cistern::simulation
