#include "pool/evidence.hpp"

#include <cistern/pool_stats.hpp>

#include <algorithm>
#include <string_view>

namespace cistern {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;

std::string number(std::int64_t value, std::string_view unit) {
    return std::to_string(value) + " " + std::string{unit};
}

std::string counts_in_words(const PoolStats& stats) {
    std::string text = std::string{stats.is_paused ? "(paused, open " : "(open "} +
                       std::to_string(stats.total) + " of " + std::to_string(stats.max_size);
    const auto add = [&](std::string_view what, std::uint32_t count) {
        text += ", " + std::string{what} + " " + std::to_string(count);
    };
    add("idle", stats.idle);
    add("lent", stats.lent);
    add("connecting", stats.connecting);
    if (stats.validating > 0) {
        add("validating", stats.validating);
    }
    if (stats.closing > 0) {
        add("closing", stats.closing);
    }
    if (stats.taken_by_others > 0) {
        add("taken by other matches", stats.taken_by_others);
    }
    add("waiting", stats.waiting);
    if (stats.held_back > 0) {
        add("held back by a reserve", stats.held_back);
    }
    return text + ")";
}

std::string failure_in_words(const ConnectFailure& failure) {
    return "; last connect error: " + failure.what + ", " + duration_in_words(failure.age) + " ago";
}

std::string circuit_state_in_words(const Circuit& circuit) {
    const auto failures = std::to_string(circuit.failures);
    switch (circuit.state) {
        case CircuitState::kClosed:
            return "circuit closed";
        case CircuitState::kOpen:
            return "circuit open (failures in a row: " + failures + ", next probe in " +
                   duration_in_words(circuit.next_probe_in) + ")";
        case CircuitState::kHalfOpen:
            return "circuit half-open (failures in a row: " + failures + ")";
    }
    return {};
}

std::string circuit_and_failure_in_words(const Circuit& circuit) {
    auto text = circuit_state_in_words(circuit);
    if (const auto& failure = circuit.last_failure) {
        text += failure_in_words(*failure);
    }
    return text;
}

// What is wrong with the endpoints; those of a pool with several are named.
std::string endpoints_in_words(const PoolStats& stats) {
    if (stats.endpoints.size() < 2) {
        return stats.circuit.state != CircuitState::kClosed
                   ? "; " + circuit_state_in_words(stats.circuit)
                   : std::string{};
    }
    std::string text;
    for (const auto& endpoint : stats.endpoints) {
        if (endpoint.circuit.state != CircuitState::kClosed) {
            text += "; " + endpoint.circuit.endpoint + ": " +
                    circuit_and_failure_in_words(endpoint.circuit);
        }
    }
    return text;
}

std::string circle_in_words(const std::vector<CircleLink>& circle) {
    constexpr std::size_t kMost = 8;
    std::string text;
    const char* separator = "; tasks wait in a circle: ";
    for (std::size_t index = 0; index < std::min(circle.size(), kMost); ++index) {
        const auto& link = circle[index];
        text += separator + place_in_words(link.holder.where) + " has held a connection of \"" +
                link.pool + "\" for " + duration_in_words(link.holder.held) +
                " and waits for one of \"" + link.waits_for + "\" at " +
                place_in_words(link.waits_at);
        separator = ", ";
    }
    if (circle.size() > kMost) {
        text += ", and " + std::to_string(circle.size() - kMost) + " more";
    }
    return text;
}

}  // namespace

std::string duration_in_words(nanoseconds duration) {
    constexpr auto kTenSeconds = seconds{10};
    if (duration >= minutes{2}) {
        return number(duration_cast<minutes>(duration).count(), "min");
    }
    if (duration >= kTenSeconds) {
        return number(duration_cast<seconds>(duration).count(), "s");
    }
    if (duration >= seconds{1}) {
        const auto tenths = duration_cast<milliseconds>(duration).count() / 100;
        const auto part = tenths % 10 == 0 ? std::string{} : "." + std::to_string(tenths % 10);
        return std::to_string(tenths / 10) + part + " s";
    }
    if (duration >= milliseconds{1} || duration <= nanoseconds::zero()) {
        return number(duration_cast<milliseconds>(duration).count(), "ms");
    }
    return number(duration_cast<microseconds>(duration).count(), "us");
}

std::string place_in_words(const std::source_location& where) {
    const std::string_view path{where.file_name()};
    const auto slash = path.rfind('/');
    const auto file = slash == std::string_view::npos ? path : path.substr(slash + 1);
    return std::string{file} + ":" + std::to_string(where.line());
}

std::string circuit_in_words(const Circuit& circuit) {
    return circuit_and_failure_in_words(circuit);
}

std::string in_words(const AcquireEvidence& evidence) {
    std::string text = counts_in_words(evidence.stats);
    if (const auto& failure = evidence.stats.last_connect_failure) {
        text += failure_in_words(*failure);
    }
    const char* separator = "; oldest holders: ";
    for (const auto& holder : evidence.holders) {
        text += separator + place_in_words(holder.where) + " for " +
                duration_in_words(holder.held) +
                (holder.endpoint.empty() ? "" : " to " + holder.endpoint);
        separator = ", ";
    }
    text += endpoints_in_words(evidence.stats);
    if (!evidence.circle.empty()) {
        text += circle_in_words(evidence.circle) +
                "; every connection is held by a task that waits for another one, so none can come "
                "back: borrow once and pass the session on, borrow in the same order everywhere, "
                "or raise max_size";
    } else if (evidence.own_leases > 0) {
        text += "; this task holds " + std::to_string(evidence.own_leases) +
                " of them itself while it waits";
    }
    return text;
}

}  // namespace cistern
