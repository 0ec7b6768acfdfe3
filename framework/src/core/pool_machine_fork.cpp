// The machine in a child of fork().

#include "core/pool_machine.hpp"

#include <memory>
#include <utility>

namespace cistern::core {

// Made from scratch, so that whatever the machine comes to remember one day is forgotten as well.
std::deque<Slot> PoolMachine::begin_anew() {
    auto given_up = std::exchange(slots_, {});
    auto options = options_;
    // What it has found is the parent's; the child begins at the top.
    options.max_size = sizes_ ? sizes_->max_size() : options.max_size;
    const bool has_lane = has_lane_;
    const auto choice = choice_;
    const bool is_closed = is_closed_;
    const bool is_paused = is_paused_;
    std::destroy_at(this);
    std::construct_at(this, options, has_lane);
    choice_ = choice;
    is_closed_ = is_closed;
    is_paused_ = is_paused;
    return given_up;
}

}  // namespace cistern::core
