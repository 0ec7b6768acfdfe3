#pragma once

#include "backend/backend.hpp"
#include "backend/simulation/stack_pool.hpp"
#include "backend/stack/fiber.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace cistern::simulation {

class Scheduler;

// One task of a run, and the parker that it waits with. It is let on by its scheduler, one at a
// time.
//
// Thread safety:  none.
// Ownership:      shared by the scheduler, until it ends, and by those who may still wake it.
class Task final : public Parker, public std::enable_shared_from_this<Task> {
public:
    Task(Scheduler& scheduler,
         std::shared_ptr<StackPool> stacks,
         std::uint32_t number,
         std::string name,
         std::function<void()> work);

    // -- Parker -----------------------------------------------------------------------------------
    bool park_until(Deadline deadline) override;
    void unpark() noexcept override;

    // Ends this task's present or next wait, of whatever kind, with Cancelled; once.
    void cancel() noexcept;

    [[nodiscard]] std::uint32_t number() const noexcept { return number_; }
    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] bool is_waiting() const noexcept { return waits_in_ != nullptr; }
    [[nodiscard]] bool has_ended() const noexcept { return fiber_.has_ended(); }

private:
    friend class Scheduler;
    void throw_if_cancelled();

    Scheduler& scheduler_;
    const std::uint32_t number_;
    const std::string name_;
    Fiber fiber_;
    bool has_permit_ = false;
    bool is_parked_ = false;
    bool is_cancelled_ = false;
    const void* wants_lock_ = nullptr;  // when it is let on
    int locks_held_ = 0;
    std::vector<std::byte> thread_locals_;  // while it does not run
    // -- While it waits ---------------------------------------------------------------------------
    const char* waits_in_ = nullptr;
    std::chrono::nanoseconds waits_since_{};
    Deadline waits_until_ = Deadline::never();
    std::uint64_t wait_ = 0;  // counts waits, so that a timer knows whether it is still meant
    bool was_woken_ = false;
};

}  // namespace cistern::simulation
