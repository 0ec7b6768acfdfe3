#pragma once

#include "backend/simulation/simulated_wire.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace cistern::simulation {

// What a server says to one line.
struct Answer {
    std::string text;  // empty: nothing
    bool then_close = false;
};

// How a server talks: it may greet, and answers line by line. One script serves every connection of
// its server and keeps what it must know about each under the wire's number.
class ServerScript {
public:
    ServerScript() = default;
    ServerScript(const ServerScript&) = delete;
    ServerScript& operator=(const ServerScript&) = delete;
    virtual ~ServerScript() = default;

    [[nodiscard]] virtual std::string greeting(std::uint64_t /*wire*/) { return {}; }
    [[nodiscard]] virtual Answer on_line(std::uint64_t wire, std::string_view line) = 0;
    virtual void on_gone(std::uint64_t /*wire*/) {}
};

// How a server that goes down treats those it talks to.
enum class Crash : std::uint8_t {
    kReset,   // the process dies: its system resets every connection and refuses new ones
    kVanish,  // the machine dies: nothing is answered at all, new connections are not either
};

// A server at one address of the simulated network. It needs no task: it reacts to what arrives.
//
// Thread safety:  none.
class SimulatedServer final : public SimulatedWire::Server,
                              public std::enable_shared_from_this<SimulatedServer> {
public:
    SimulatedServer(Scheduler& scheduler, std::unique_ptr<ServerScript> script);

    [[nodiscard]] bool is_up() const noexcept { return is_up_; }
    [[nodiscard]] bool answers_connects() const noexcept { return is_up_ || how_ == Crash::kReset; }
    // Connections that their client has not closed, as the client's end counts them.
    [[nodiscard]] std::size_t open() const noexcept { return wires_.size(); }
    [[nodiscard]] std::uint64_t accepted() const noexcept { return accepted_; }

    void crash(Crash how);
    void restart();
    // REQUIRES: is_up()
    void accept(const std::shared_ptr<SimulatedWire>& wire);

    // -- SimulatedWire::Server --------------------------------------------------------------------
    void on_bytes(SimulatedWire& wire, std::string_view bytes) override;
    void on_client_closed(SimulatedWire& wire) override;

private:
    struct Conversation {
        std::shared_ptr<SimulatedWire> wire;
        std::string unfinished;  // the line that has begun to arrive
    };
    void answer(SimulatedWire& wire, std::string_view line);

    Scheduler& scheduler_;
    const std::unique_ptr<ServerScript> script_;
    std::map<std::uint64_t, Conversation> wires_;
    std::uint64_t accepted_ = 0;
    bool is_up_ = true;
    Crash how_ = Crash::kReset;
};

}  // namespace cistern::simulation
