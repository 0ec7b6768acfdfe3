#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cistern::simulation {

class Task;

// What a task is about to do where it can be interrupted, as far as other tasks could notice.
struct Access {
    enum class Kind : std::uint8_t {
        kNone,  // nothing that they could: no need to choose here
        kRead,
        kWrite,
    };
    const void* atomic = nullptr;  // null: no atomic but a lock, or a wait
    Kind kind = Kind::kNone;
    bool is_locked = false;  // under a lock, or about to take one; or it parks or unparks somebody
};

// Takes the place of chance: who goes on at each point of a run. For those who try one schedule
// after the other.
class Guide {
public:
    Guide() = default;
    Guide(const Guide&) = delete;
    Guide& operator=(const Guide&) = delete;
    virtual ~Guide() = default;

    // The index of the one that goes on. With `is_first_running`, the first has not stopped.
    [[nodiscard]] virtual std::size_t choose(const std::vector<Task*>& ready,
                                             bool is_first_running) = 0;
    // `task` goes on, and this is what it does.
    virtual void goes_on(const Task& task, const Access& access) = 0;
};

}  // namespace cistern::simulation
