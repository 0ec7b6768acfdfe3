#include "pool_stats_text.hpp"

#include "duration_text.hpp"
#include "printable.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>

namespace console {
namespace {

[[nodiscard]] std::string one_digit(double value) {
    std::array<char, 32> text{};
    const int size = std::snprintf(text.data(), text.size(), "%.1f", value);
    return {text.data(), static_cast<std::size_t>(size)};
}

[[nodiscard]] std::string endpoint_summary(const cistern::EndpointStats& endpoint) {
    const auto& circuit = endpoint.circuit;
    return "  endpoint     " + printable(circuit.endpoint) + ": " + std::to_string(endpoint.total) +
           " open, " + std::to_string(endpoint.idle) + " idle, " + std::to_string(endpoint.lent) +
           " lent, circuit " + std::string{to_string(circuit.state)} +
           (circuit.failures > 0 ? " after " + counted(circuit.failures, "failure") + " in a row"
                                 : std::string{}) +
           "\n";
}

void add_times(const std::string& name,
               const cistern::Durations& times,
               std::vector<std::pair<std::string, std::string>>& fields) {
    fields.emplace_back(name + "_count", std::to_string(times.count()));
    const std::pair<const char*, std::chrono::nanoseconds> told[] = {{"_p50_ns", times.p50()},
                                                                     {"_p90_ns", times.p90()},
                                                                     {"_p99_ns", times.p99()},
                                                                     {"_p999_ns", times.p999()},
                                                                     {"_max_ns", times.max()}};
    for (const auto& [suffix, span] : told) {
        fields.emplace_back(name + suffix, std::to_string(span.count()));
    }
}

[[nodiscard]] std::string times_line(const char* name, const cistern::Durations& times) {
    if (times.count() == 0) {
        return {};
    }
    return std::string{name} + "half up to " + duration_text(times.p50()) + ", 99 % up to " +
           duration_text(times.p99()) + ", all up to " + duration_text(times.max()) + "\n";
}

}  // namespace

std::vector<std::pair<std::string, std::string>> stats_fields(const cistern::PoolStats& stats) {
    const auto text = [](auto number) { return std::to_string(number); };
    std::vector<std::pair<std::string, std::string>> fields{
        {"max_size", text(stats.max_size)},
        {"proposed_size", text(stats.proposed_size)},
        {"total", text(stats.total)},
        {"idle", text(stats.idle)},
        {"lent", text(stats.lent)},
        {"connecting", text(stats.connecting)},
        {"validating", text(stats.validating)},
        {"closing", text(stats.closing)},
        {"waiting", text(stats.waiting)},
        {"held_back", text(stats.held_back)},
        {"acquired", text(stats.acquired)},
        {"released", text(stats.released)},
        {"timeouts", text(stats.timeouts)},
        {"rejected", text(stats.rejected)},
        {"rejected_hopeless", text(stats.rejected_hopeless)},
        {"rejected_late", text(stats.rejected_late)},
        {"opened", text(stats.opened)},
        {"open_failures", text(stats.open_failures)},
        {"closed", text(stats.closed)},
        {"closed_broken", text(stats.closed_broken)},
        {"closed_invalid", text(stats.closed_invalid)},
        {"closed_lifetime", text(stats.closed_lifetime)},
        {"closed_idle", text(stats.closed_idle)},
        {"validations", text(stats.validations)},
        {"retries", text(stats.retries)},
        {"leaks_reported", text(stats.leaks_reported)},
        {"peak_lent", text(stats.peak_lent)},
        {"peak_waiting", text(stats.peak_waiting)},
        {"longest_wait_ns", text(stats.longest_wait.count())},
        {"failures_in_a_row", text(stats.circuit.failures)},
    };
    add_times("wait_time", stats.wait_time, fields);
    add_times("connect_time", stats.connect_time, fields);
    add_times("validation_time", stats.validation_time, fields);
    add_times("use_time", stats.use_time, fields);
    return fields;
}

std::string stats_summary(const std::string& pool, const cistern::PoolStats& stats) {
    std::string out = "pool \"" + pool + "\": " + counted(stats.acquired, "lease") + " over " +
                      counted(stats.opened, "connection") + " (" + one_digit(stats.reuse()) +
                      " leases per connection)\n";
    out += "  connections  " + std::to_string(stats.total) + " of at most " +
           std::to_string(stats.max_size) + " open now: " + std::to_string(stats.idle) + " idle, " +
           std::to_string(stats.lent) + " lent\n";
    out += "  at the peak  " + std::to_string(stats.peak_lent) + " lent at once, " +
           counted(stats.peak_waiting, "caller") + " waiting, longest wait " +
           duration_text(stats.longest_wait) + "\n";
    out += times_line("  connects     ", stats.connect_time);
    out += times_line("  waits        ", stats.wait_time);
    const auto dropped = stats.closed_broken + stats.closed_invalid;
    out += "  trouble      " + counted(stats.open_failures, "failed connect") + ", " +
           counted(stats.timeouts, "timeout") + ", " + std::to_string(stats.retries) +
           " retried, " + counted(dropped, "connection") + " dropped\n";
    for (const auto& endpoint : stats.endpoints) {
        out += stats.endpoints.size() > 1 ? endpoint_summary(endpoint) : std::string{};
    }
    if (stats.endpoints.size() < 2 && stats.circuit.state != cistern::CircuitState::kClosed) {
        out += "  circuit      " + std::string{to_string(stats.circuit.state)} + " after " +
               counted(stats.circuit.failures, "failure") + " in a row\n";
    }
    if (stats.last_connect_failure) {
        out += "  last failure " + printable(stats.last_connect_failure->what) + ", " +
               duration_text(stats.last_connect_failure->age) + " ago\n";
    }
    return out;
}

}  // namespace console
