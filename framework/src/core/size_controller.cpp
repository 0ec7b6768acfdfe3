#include "core/size_controller.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace cistern::core {

SizeController::SizeController(const AdaptiveOptions& options, std::uint32_t max_size)
    : options_{options} {
    set_bounds(max_size);
}

void SizeController::set_bounds(std::uint32_t max_size) {
    std::vector<Step> steps;
    for (auto size = std::min(options_.min_size, max_size); size < max_size;
         size += std::max(1U, size / 4)) {
        steps.push_back({.size = size});
    }
    steps.push_back({.size = max_size});
    steps_ = std::move(steps);
    at_ = steps_.size() - 1;
    due_ = kNever;
    rests_until_ = 0;
    rest_ = kRest;
    blind_ = 0;
    direction_ = 0;
    best_rate_ = 0;
    has_waited_ = false;
}

void SizeController::waited(Instant now) noexcept {
    has_waited_ = true;
    if (due_ == kNever) {
        due_ = later(now, options_.interval);
    }
}

void SizeController::used(std::uint32_t in_use, Instant began, Instant now) noexcept {
    if (due_ == kNever) {
        due_ = later(now, options_.interval);
    }
    const auto step = std::lower_bound(
        steps_.begin(), steps_.end(), in_use, [](auto& one, auto size) { return one.size < size; });
    // In between, it is neither the one size in full use nor the other.
    if (began < since_ || step == steps_.end() || in_use < step->size - step->size / 10) {
        return;
    }
    ++step->leases;
    step->in_use += in_use;
    step->seconds += std::chrono::duration<double>{now - began}.count();
}

std::optional<std::uint32_t> SizeController::decide(Instant now) noexcept {
    due_ = kNever;
    if (steps_[at_].leases < options_.samples) {
        const auto next = go_on_blindly();
        return next != at_ ? go_to(next, now) : std::nullopt;
    }
    blind_ = 0;
    ++round_;
    look_at_all();
    const auto next = judge();
    has_waited_ = false;
    if (next == at_) {
        best_rate_ = 0;
        return std::nullopt;
    }
    return go_to(next, now);
}

void SizeController::look_at_all() noexcept {
    // Leases that take no time at all are as many as can be counted.
    constexpr double kShortest = 1e-9;
    for (auto& step : steps_) {
        if (step.leases >= options_.samples) {
            step.rate = step.in_use / std::max(step.seconds, kShortest);
            step.seen = round_;
            step.leases = 0;
            step.in_use = step.seconds = 0;
        }
    }
}

bool SizeController::is_known(std::size_t step) const noexcept {
    return step < steps_.size() && steps_[step].seen > 0 && round_ - steps_[step].seen <= kFresh;
}

std::size_t SizeController::judge() const noexcept {
    if (round_ < rests_until_) {
        return at_;
    }
    const double rate = steps_[at_].rate;
    const double wanted = rate * (1.0 + kGainWanted);
    if (at_ + 1 < steps_.size() &&
        (best_rate_ >= wanted || (is_known(at_ + 1) && steps_[at_ + 1].rate >= wanted))) {
        return at_ + 1;
    }
    if (at_ > 0 && is_known(at_ - 1) && steps_[at_ - 1].rate >= rate * (1.0 - kLossAllowed)) {
        return at_ - 1;
    }
    return may_try() ? step_to_try() : at_;
}

// The way that it went last; so after it has turned round, the way it has not tried.
std::size_t SizeController::step_to_try() const noexcept {
    const bool may_go_up = at_ + 1 < steps_.size() && !is_known(at_ + 1) && has_waited_;
    const bool may_go_down = at_ > 0 && !is_known(at_ - 1);
    if (may_go_up && (direction_ > 0 || !may_go_down)) {
        return at_ + 1;
    }
    return may_go_down ? at_ - 1 : at_;
}

std::size_t SizeController::go_on_blindly() noexcept {
    if (!may_try() || !has_waited_ || ++blind_ < kBlind) {
        return at_;
    }
    blind_ = 0;
    has_waited_ = false;
    return std::min(at_ + 1, steps_.size() - 1);
}

std::optional<std::uint32_t> SizeController::go_to(std::size_t step, Instant now) noexcept {
    const int direction = step > at_ ? 1 : -1;
    const bool goes_back = direction == -direction_ && round_ < stepped_in_ + kRest;
    if (goes_back) {
        rests_until_ = round_ + rest_;
        rest_ = std::min(2 * rest_, kLongestRest);
    } else if (direction == direction_) {
        rest_ = kRest;
    }
    best_rate_ = direction < 0 && !goes_back ? std::max(best_rate_, steps_[at_].rate) : 0.0;
    direction_ = direction;
    stepped_in_ = round_;
    at_ = step;
    since_ = now;
    for (auto& each : steps_) {
        each.leases = 0;
        each.in_use = each.seconds = 0;
    }
    return size();
}

}  // namespace cistern::core
