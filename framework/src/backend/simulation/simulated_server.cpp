#include "backend/simulation/simulated_server.hpp"

#include <utility>

namespace cistern::simulation {

SimulatedServer::SimulatedServer(Scheduler& scheduler, std::unique_ptr<ServerScript> script)
    : scheduler_{scheduler}, script_{std::move(script)} {}

void SimulatedServer::crash(Crash how) {
    is_up_ = false;
    how_ = how;
    for (auto& [number, conversation] : wires_) {
        if (how == Crash::kReset) {
            conversation.wire->reset_to_client();
        } else {
            conversation.wire->vanish();
        }
    }
}

void SimulatedServer::restart() {
    is_up_ = true;
    for (auto& [number, conversation] : wires_) {
        conversation.wire->server_is_back();
    }
}

void SimulatedServer::accept(const std::shared_ptr<SimulatedWire>& wire) {
    ++accepted_;
    wires_[wire->number()] = {wire, {}};
    if (const auto greeting = script_->greeting(wire->number()); !greeting.empty()) {
        wire->send_to_client(greeting);
    }
}

void SimulatedServer::on_bytes(SimulatedWire& wire, std::string_view bytes) {
    const auto found = wires_.find(wire.number());
    if (!is_up_ || found == wires_.end()) {
        return;
    }
    auto& unfinished = found->second.unfinished;
    unfinished += bytes;
    for (auto end = unfinished.find('\n'); end != std::string::npos; end = unfinished.find('\n')) {
        const auto line = unfinished.substr(0, end);
        unfinished.erase(0, end + 1);
        answer(wire, line);
    }
}

void SimulatedServer::answer(SimulatedWire& wire, std::string_view line) {
    const auto& faults = wire.faults();
    auto& random = scheduler_.random();
    const auto said = script_->on_line(wire.number(), line);
    if (!said.text.empty()) {
        const auto delay = random.percent(faults.slow_reply_percent)
                               ? random.between(std::chrono::nanoseconds{1}, faults.longest_reply)
                               : std::chrono::nanoseconds::zero();
        wire.send_to_client(said.text, delay);
        if (random.percent(faults.extra_reply_percent)) {
            wire.send_to_client(said.text, delay);
        }
    }
    if (said.then_close) {
        wire.close_to_client();
    }
}

void SimulatedServer::on_client_closed(SimulatedWire& wire) {
    script_->on_gone(wire.number());
    wires_.erase(wire.number());
}

}  // namespace cistern::simulation
