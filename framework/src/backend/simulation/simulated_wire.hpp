#pragma once

#include "backend/simulation/fault_plan.hpp"
#include "backend/simulation/scheduler.hpp"

#include <cistern/stream.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace cistern::simulation {

// One established connection as the network sees it: bytes under way in both directions, and what
// becomes of them. The client's end is a SimulatedStream, the server's a SimulatedServer.
//
// Thread safety:  none.
// Ownership:      shared by both ends and by what is under way.
class SimulatedWire : public std::enable_shared_from_this<SimulatedWire> {
public:
    // Told of what arrives at the server.
    class Server {
    public:
        Server() = default;
        Server(const Server&) = delete;
        Server& operator=(const Server&) = delete;
        virtual ~Server() = default;
        virtual void on_bytes(SimulatedWire& wire, std::string_view bytes) = 0;
        virtual void on_client_closed(SimulatedWire& wire) = 0;
    };

    SimulatedWire(Scheduler& scheduler,
                  std::uint64_t number,
                  WireFaults faults,
                  std::weak_ptr<Server> server) noexcept;

    [[nodiscard]] std::uint64_t number() const noexcept { return number_; }
    [[nodiscard]] const WireFaults& faults() const noexcept { return faults_; }

    // -- The server's end -------------------------------------------------------------------------
    void send_to_client(std::string_view bytes, std::chrono::nanoseconds delay = {});
    void close_to_client();
    void reset_to_client();
    // From now on nothing arrives anywhere, until the server is back and resets what it does not
    // know.
    void vanish() noexcept { is_vanished_ = true; }
    void server_is_back() noexcept { is_forgotten_ = is_vanished_; }

    // -- The client's end -------------------------------------------------------------------------
    void send_to_server(std::string_view bytes);
    void close_to_server();
    // Moves up to `size` of the bytes that have arrived, and at least one of them.
    // REQUIRES: has_unread() and size > 0
    std::size_t take(char* buffer, std::size_t size);
    [[nodiscard]] bool has_unread() const noexcept { return !arrived_.empty(); }
    [[nodiscard]] bool is_closed_by_peer() const noexcept { return is_peer_closed_; }
    [[nodiscard]] bool is_reset() const noexcept { return is_reset_; }
    // The task to be woken when something arrives; null for none.
    void set_reader(Task* reader) noexcept { reader_ = reader; }

private:
    enum class Kind : std::uint8_t { kBytes, kClose, kReset };
    struct Parcel {
        Kind kind = Kind::kBytes;
        std::string bytes;
    };
    void post_to_client(Parcel parcel, std::chrono::nanoseconds delay);
    void arrive_at_client();
    void wake_reader() noexcept;

    Scheduler& scheduler_;
    const std::uint64_t number_;
    const WireFaults faults_;
    const std::weak_ptr<Server> server_;
    // -- Towards the client -----------------------------------------------------------------------
    std::deque<Parcel> under_way_;
    std::chrono::nanoseconds last_arrival_{};
    std::uint64_t bytes_sent_ = 0;
    std::string arrived_;
    bool is_peer_closed_ = false;
    bool is_reset_ = false;
    Task* reader_ = nullptr;
    // -- Towards the server -----------------------------------------------------------------------
    std::deque<std::string> to_server_;
    std::chrono::nanoseconds last_arrival_at_server_{};
    bool is_client_closed_ = false;
    bool has_server_closed_ = false;
    bool is_vanished_ = false;
    bool is_forgotten_ = false;  // the server that knew it is not the one that is there now
};

}  // namespace cistern::simulation
