#pragma once

#include "backend/simulation/simulated_wire.hpp"

#include <cistern/stream.hpp>

#include <memory>
#include <string>

namespace cistern::simulation {

// The client's end of a wire, with the contract of Stream. Every read and write is a point at which
// another task may go on.
//
// Thread safety:  none; a stream belongs to one task at a time.
class SimulatedStream final : public Stream {
public:
    SimulatedStream(Scheduler& scheduler,
                    const Clock& clock,
                    std::shared_ptr<SimulatedWire> wire,
                    std::string peer);
    ~SimulatedStream() override;

    std::size_t read_some(char* buffer, std::size_t size, Deadline deadline) override;
    void write_all(std::string_view bytes, Deadline deadline) override;
    [[nodiscard]] Deadline deadline_after(Timeout timeout) const override;
    [[nodiscard]] StreamState state() const noexcept override;
    void set_one_way(bool one_way) noexcept override { is_one_way_ = one_way; }
    [[nodiscard]] std::string peer() const override { return peer_; }
    std::size_t take_arrived(char* buffer, std::size_t size) noexcept override;

private:
    void begin(const char* what);
    void wait_for_bytes(Deadline deadline);

    Scheduler& scheduler_;
    const Clock& clock_;
    const std::shared_ptr<SimulatedWire> wire_;
    const std::string peer_;
    bool is_one_way_ = false;
    bool is_reply_owed_ = false;
    bool has_failed_ = false;
};

}  // namespace cistern::simulation
