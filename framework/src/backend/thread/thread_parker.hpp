#pragma once

#include "backend/backend.hpp"

#include <atomic>
#include <cstdint>
#include <memory>

namespace cistern {

// A Parker that blocks its thread. Its permit is one word that the kernel can wait for, so giving
// one to a thread that does not wait costs no system call.
class ThreadParker final : public Parker {
public:
    bool park_until(Deadline deadline) override;
    void unpark() noexcept override;

private:
    std::atomic<std::uint32_t> state_{0};
};

// The calling thread's own parker, the same one at each call.
[[nodiscard]] std::shared_ptr<Parker> parker_of_this_thread();

}  // namespace cistern
