#pragma once

#include "messages.hpp"
#include "options.hpp"

#include <cistern/hive/session.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace hive_query {

// What is shown about a statement that runs: "running 12 s, 45%", "fetching 13 s, 120,000 rows".
struct ProgressState {
    std::string phase;
    std::chrono::nanoseconds elapsed{};
    std::optional<double> fraction{};
    std::uint64_t rows = 0;
};
[[nodiscard]] std::string progress_text(const ProgressState& state);
// The same with a bar behind it where the server told how far the statement is:
// "running 12 s, 45% [#########...........]".
[[nodiscard]] std::string progress_bar(const ProgressState& state);

using Clock = std::chrono::steady_clock;
using Now = std::function<Clock::time_point()>;

// Shows how far one statement is, from its construction on until it ends. A statement that is over
// quickly is not worth a line.
//
// Thread safety:  one thread; the drawing has one of its own.
class Progress {
public:
    // `now` is asked by both threads.
    Progress(Messages& messages, const Options& options, Now now);
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress();

    void update(const hive::Status& status);
    void fetched(std::uint64_t rows);
    // Stops drawing, for good: rows are about to appear on the same terminal.
    void end();

    [[nodiscard]] std::chrono::nanoseconds elapsed() const { return now_() - begun_; }

private:
    void draw(const std::stop_token& stop);

    Messages& messages_;
    const Now now_;
    const Clock::time_point begun_ = now_();
    std::mutex mutex_;
    std::condition_variable_any changed_;
    ProgressState state_;  // guarded by mutex_
    std::jthread drawer_;
};

}  // namespace hive_query
