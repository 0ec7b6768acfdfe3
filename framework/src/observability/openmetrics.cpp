#include <cistern/openmetrics.hpp>

#include <array>
#include <cstdint>
#include <cstdio>
#include <utility>
#include <vector>

namespace cistern {
namespace {

using std::chrono::nanoseconds;
using StatsByPool = std::map<std::string, PoolStats>;
using Label = std::pair<std::string_view, std::string_view>;

constexpr std::string_view kPoolLabel = "db_client_connection_pool_name";
constexpr std::string_view kState = "db_client_connection_state";

// Exactly, and the same in every locale.
std::string seconds_text(nanoseconds span) {
    constexpr std::int64_t kSecond = 1'000'000'000;
    std::array<char, 40> text{};
    std::snprintf(text.data(),
                  text.size(),
                  "%lld.%09lld",
                  static_cast<long long>(span.count() / kSecond),
                  static_cast<long long>(span.count() % kSecond));
    std::string exact{text.data()};
    const auto last = exact.find_last_not_of('0');
    exact.resize(exact[last] == '.' ? last + 2 : last + 1);
    return exact;
}

void append_label(std::string& out, const Label& label) {
    out += label.first;
    out += "=\"";
    for (const char c : label.second) {
        if (c == '\\' || c == '"') {
            out += '\\';
        }
        out += c == '\n' ? "\\n" : std::string(1, c);
    }
    out += '"';
}

class Text {
public:
    explicit Text(const StatsByPool& pools) : pools_{pools} {}

    // A metric of every pool: its head, and what `samples(stats)` writes for each.
    template <class Samples>
    void family(std::string_view name,
                std::string_view type,
                std::string_view help,
                Samples&& samples) {
        name_ = name;
        const auto line = [&](std::string_view what, std::string_view value) {
            out_.append("# ").append(what).append(" ").append(name).append(" ");
            out_.append(value).append("\n");
        };
        line("TYPE", type);
        if (name.ends_with("_seconds")) {
            line("UNIT", "seconds");
        }
        line("HELP", help);
        for (const auto& [pool, stats] : pools_) {
            pool_ = pool;
            samples(stats);
        }
    }
    template <class Value>
    void gauges(std::string_view name, std::string_view help, Value&& value) {
        family(name, "gauge", help, [&](const PoolStats& stats) { sample("", value(stats)); });
    }
    template <class Value>
    void counters(std::string_view name, std::string_view help, Value&& value) {
        family(
            name, "counter", help, [&](const PoolStats& stats) { sample("_total", value(stats)); });
    }
    void histograms(std::string_view name, std::string_view help, Durations PoolStats::*times) {
        family(name, "histogram", help, [&](const PoolStats& stats) { histogram(stats.*times); });
    }

    void sample(std::string_view suffix, std::uint64_t value, const Label& label = {}) {
        sample(suffix, std::to_string(value), label);
    }
    void sample(std::string_view suffix, std::string value, const Label& label = {}) {
        out_.append(name_).append(suffix).append("{");
        append_label(out_, {kPoolLabel, pool_});
        if (!label.first.empty()) {
            out_ += ',';
            append_label(out_, label);
        }
        out_.append("} ").append(value).append("\n");
    }
    [[nodiscard]] std::string take() {
        out_ += "# EOF\n";
        return std::move(out_);
    }

private:
    // At 1, 2 and 5 times each power of ten, where the counts are exact.
    void histogram(const Durations& times) {
        constexpr std::int64_t kFirst = 10'000;            // 10 us
        constexpr std::int64_t kLast = 1'000'000'000'000;  // 1000 s
        for (auto unit = kFirst; unit < kLast; unit *= 10) {
            for (const auto factor : {1, 2, 5}) {
                const nanoseconds limit{unit * factor};
                sample("_bucket", times.count_up_to(limit), {"le", seconds_text(limit)});
            }
        }
        sample("_bucket", times.count(), {"le", "+Inf"});
        sample("_count", times.count());
        sample("_sum", seconds_text(times.sum()));
    }

    const StatsByPool& pools_;
    std::string out_;
    std::string_view name_;
    std::string_view pool_;
};

// What OpenTelemetry's conventions have names for.
void write_conventional(Text& text) {
    text.family("db_client_connection_count",
                "gauge",
                "Connections by state: used are those that are lent.",
                [&](const PoolStats& stats) {
                    text.sample("", std::uint64_t{stats.idle}, {kState, "idle"});
                    text.sample("", std::uint64_t{stats.lent}, {kState, "used"});
                });
    text.gauges("db_client_connection_max",
                "Connections that the pool may have.",
                [](const PoolStats& stats) { return std::uint64_t{stats.max_size}; });
    text.gauges("cistern_proposed_size",
                "Connections that an adaptive pool thinks best; 0: it is not adaptive.",
                [](const PoolStats& stats) { return std::uint64_t{stats.proposed_size}; });
    text.gauges("db_client_connection_pending_requests",
                "Callers that wait for a connection.",
                [](const PoolStats& stats) { return std::uint64_t{stats.waiting}; });
    text.counters("db_client_connection_timeouts",
                  "Callers that got no connection in time.",
                  [](const PoolStats& stats) { return stats.timeouts; });
    text.histograms("db_client_connection_wait_time_seconds",
                    "How long those waited who had to and got a connection.",
                    &PoolStats::wait_time);
    text.histograms("db_client_connection_create_time_seconds",
                    "How long connects took that succeeded.",
                    &PoolStats::connect_time);
    text.histograms("db_client_connection_use_time_seconds",
                    "How long connections were lent, of leases whose time is known.",
                    &PoolStats::use_time);
}

void write_connections(Text& text) {
    text.family("cistern_connections",
                "gauge",
                "Connections by what is done with them.",
                [&](const PoolStats& stats) {
                    const std::pair<std::string_view, std::uint32_t> states[] = {
                        {"idle", stats.idle},
                        {"lent", stats.lent},
                        {"connecting", stats.connecting},
                        {"validating", stats.validating},
                        {"closing", stats.closing}};
                    for (const auto& [state, count] : states) {
                        text.sample("", std::uint64_t{count}, {"state", state});
                    }
                });
    text.counters("cistern_connections_opened",
                  "Connects that succeeded.",
                  [](const PoolStats& stats) { return stats.opened; });
    text.counters("cistern_connect_failures", "Connects that failed.", [](const PoolStats& stats) {
        return stats.open_failures;
    });
    text.family("cistern_connections_closed",
                "counter",
                "Connections closed, by reason.",
                [&](const PoolStats& stats) {
                    const std::pair<std::string_view, std::uint64_t> reasons[] = {
                        {"broken", stats.closed_broken},
                        {"invalid", stats.closed_invalid},
                        {"lifetime", stats.closed_lifetime},
                        {"idle", stats.closed_idle},
                        {"evicted", stats.closed_evicted}};
                    auto others = stats.closed;
                    for (const auto& [reason, count] : reasons) {
                        text.sample("_total", count, {"reason", reason});
                        others -= count;
                    }
                    text.sample("_total", others, {"reason", "other"});
                });
    text.counters("cistern_validations",
                  "Validations that were tried.",
                  [](const PoolStats& stats) { return stats.validations; });
    text.histograms("cistern_validation_time_seconds",
                    "How long validations took that succeeded.",
                    &PoolStats::validation_time);
    text.family("cistern_circuit",
                "gauge",
                "1 for the state that the endpoint's circuit is in.",
                [&](const PoolStats& stats) {
                    for (const auto state :
                         {CircuitState::kClosed, CircuitState::kOpen, CircuitState::kHalfOpen}) {
                        text.sample("",
                                    std::uint64_t{stats.circuit.state == state},
                                    {"state", to_string(state)});
                    }
                });
    text.gauges("cistern_circuit_failures",
                "Failed connects in a row, of all pools of the endpoint.",
                [](const PoolStats& stats) { return std::uint64_t{stats.circuit.failures}; });
}

void write_callers(Text& text) {
    text.counters("cistern_leases", "Leases handed out.", [](const PoolStats& stats) {
        return stats.acquired;
    });
    text.counters("cistern_leases_ended", "Leases that ended.", [](const PoolStats& stats) {
        return stats.released;
    });
    text.family(
        "cistern_rejected", "counter", "Callers refused, by reason.", [&](const PoolStats& stats) {
            text.sample("_total", stats.rejected_hopeless, {"reason", "hopeless"});
            text.sample("_total", stats.rejected_late, {"reason", "late"});
            text.sample("_total",
                        stats.rejected - stats.rejected_hopeless - stats.rejected_late,
                        {"reason", "other"});
        });
    text.counters("cistern_retries",
                  "Calls that with_retry() repeated.",
                  [](const PoolStats& stats) { return stats.retries; });
    text.counters("cistern_leaks",
                  "Leases that were held beyond leak_threshold.",
                  [](const PoolStats& stats) { return stats.leaks_reported; });
    text.gauges("cistern_lent_peak",
                "Most connections that were lent at once.",
                [](const PoolStats& stats) { return std::uint64_t{stats.peak_lent}; });
    text.gauges("cistern_pending_requests_peak",
                "Most callers that waited at once.",
                [](const PoolStats& stats) { return std::uint64_t{stats.peak_waiting}; });
    text.gauges("cistern_longest_wait_seconds",
                "Longest wait of a caller, whatever came of it.",
                [](const PoolStats& stats) { return seconds_text(stats.longest_wait); });
    text.gauges("cistern_paused", "1 while the pool is paused.", [](const PoolStats& stats) {
        return std::uint64_t{stats.is_paused};
    });
}

}  // namespace

std::string to_openmetrics(const StatsByPool& pools) {
    Text text{pools};
    write_conventional(text);
    write_connections(text);
    write_callers(text);
    return text.take();
}

}  // namespace cistern
