#include "progress.hpp"

#include "console/duration_text.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace hive_query {
namespace {

constexpr std::chrono::milliseconds kFirstAfter{700};
constexpr std::chrono::milliseconds kTerminalInterval{250};
constexpr std::chrono::seconds kLineInterval{5};

[[nodiscard]] bool is_wanted(const Messages& messages, const Options& options) {
    switch (options.progress) {
        case ProgressMode::kAlways:
            return true;
        case ProgressMode::kNever:
            return false;
        case ProgressMode::kAuto:
            break;
    }
    return messages.is_terminal() && !options.silent && options.workers == 1;
}

}  // namespace

std::string progress_text(const ProgressState& state) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(state.elapsed).count();
    std::string text = state.phase + " " + std::to_string(seconds) + " s";
    if (state.fraction) {
        text += ", " + std::to_string(std::lround(*state.fraction * 100)) + "%";
    }
    if (state.rows != 0) {
        text += ", " + console::count_text(state.rows) + " rows";
    }
    return text;
}

std::string progress_bar(const ProgressState& state) {
    std::string text = progress_text(state);
    if (state.fraction) {
        constexpr double kWidth = 20;
        const double share = std::clamp(*state.fraction, 0.0, 1.0);
        const auto done = static_cast<std::size_t>(std::floor(share * kWidth));
        std::string bar(static_cast<std::size_t>(kWidth), '.');
        std::fill_n(bar.begin(), done, '#');
        text += " [" + bar + "]";
    }
    return text;
}

Progress::Progress(Messages& messages, const Options& options, Now now)
    : messages_{messages}, now_{std::move(now)} {
    state_.phase = "starting";
    if (is_wanted(messages, options)) {
        drawer_ = std::jthread{[this](const std::stop_token& stop) { draw(stop); }};
    }
}

Progress::~Progress() {
    end();
}

void Progress::update(const hive::Status& status) {
    const std::lock_guard lock{mutex_};
    state_.phase = status.state == hive::State::kPending ? "waiting" : "running";
    const bool tells = status.progress && status.progress->fraction > 0;
    state_.fraction = tells ? std::optional{status.progress->fraction} : std::nullopt;
}

void Progress::fetched(std::uint64_t rows) {
    const std::lock_guard lock{mutex_};
    state_.phase = "fetching";
    state_.fraction.reset();
    state_.rows = rows;
}

void Progress::end() {
    if (drawer_.joinable()) {
        drawer_.request_stop();
        drawer_.join();
        messages_.clear_status();
    }
}

void Progress::draw(const std::stop_token& stop) {
    const std::chrono::nanoseconds interval =
        messages_.is_terminal() ? std::chrono::nanoseconds{kTerminalInterval} : kLineInterval;
    std::unique_lock lock{mutex_};
    const auto stopped = [&stop] { return stop.stop_requested(); };
    for (std::chrono::nanoseconds wait = kFirstAfter; !changed_.wait_for(lock, stop, wait, stopped);
         wait = interval) {
        ProgressState state = state_;
        lock.unlock();
        state.elapsed = elapsed();
        messages_.status(messages_.is_terminal() ? progress_bar(state) : progress_text(state));
        lock.lock();
    }
}

}  // namespace hive_query
