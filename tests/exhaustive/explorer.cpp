#include "exhaustive/explorer.hpp"

#include "backend/simulation/task.hpp"

#include <utility>

namespace cistern::test {
namespace {

std::uint64_t mix(std::uint64_t hash, std::uint64_t word) noexcept {
    auto bits = hash + 0x9e3779b97f4a7c15 + word * 0xd1342543de82ef95;
    bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
    return bits ^ (bits >> 31);
}

}  // namespace

bool Explorer::begin_run() {
    if (runs_ > 0) {
        while (!path_.empty() && path_.back().chosen + 1 >= path_.back().options) {
            path_.pop_back();
        }
        if (path_.empty()) {
            return false;
        }
        ++path_.back().chosen;
    }
    ++runs_;
    has_started_ = false;
    is_known_ = false;
    depth_ = 0;
    interruptions_ = 0;
    state_ = 0;
    last_locked_ = 0;
    atomics_.clear();
    tasks_.clear();
    return true;
}

void Explorer::repeat(const std::vector<std::size_t>& schedule) {
    for (const auto chosen : schedule) {
        path_.push_back({.options = 0, .chosen = chosen});
    }
}

std::size_t Explorer::choose(const std::vector<simulation::Task*>& ready, bool is_first_running) {
    if (!has_started_ || is_known_) {
        return 0;
    }
    if (depth_ == path_.size()) {
        const auto left = bound_ - interruptions_;
        if (!is_new(is_first_running ? ready.front()->number() : 0, left)) {
            is_known_ = true;
            return 0;
        }
        path_.push_back({.options = is_first_running && left == 0 ? 1 : ready.size()});
    }
    const auto chosen = path_[depth_++].chosen;
    interruptions_ += is_first_running && chosen > 0 ? 1 : 0;
    return chosen;
}

bool Explorer::is_new(std::uint64_t running, std::uint32_t left) {
    const auto [place, is_first] = seen_.emplace(mix(state_, running), left);
    if (!is_first && place->second >= left) {
        return false;
    }
    place->second = left;
    return true;
}

void Explorer::goes_on(const simulation::Task& task, const simulation::Access& access) {
    // Numbered while the world is set up, which is the same in every run.
    Atomic* atomic = nullptr;
    if (access.atomic != nullptr) {
        const auto id = atomics_.size() + 1;
        atomic = &atomics_.try_emplace(access.atomic, Atomic{.id = id}).first->second;
    }
    if (!has_started_) {
        return;
    }
    const bool writes = access.kind == simulation::Access::Kind::kWrite;
    auto& last = tasks_[task.number()];
    auto step = mix(mix(task.number(), last), writes ? 1 : 0);
    if (atomic != nullptr) {
        step = mix(mix(step, atomic->id), atomic->last_write);
        if (writes) {
            step = mix(step, std::exchange(atomic->reads, 0));
            atomic->last_write = step;
        } else {
            atomic->reads += step;
        }
    }
    if (access.is_locked) {
        step = mix(step, last_locked_);
        last_locked_ = step;
    }
    last = step;
    state_ += step;
}

std::string Explorer::schedule() const {
    std::string text;
    for (std::size_t index = 0; index < depth_; ++index) {
        text += (text.empty() ? "" : ",") + std::to_string(path_[index].chosen);
    }
    return text;
}

}  // namespace cistern::test
