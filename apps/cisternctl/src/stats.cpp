#include "commands.hpp"
#include "console/json_text.hpp"
#include "console/pool_stats_text.hpp"
#include "console/printable.hpp"

#include <cistern/openmetrics.hpp>
#include <cistern/runtime.hpp>

#include <map>
#include <ostream>
#include <source_location>
#include <string>
#include <vector>

namespace cisternctl {
namespace {

// What kept the pool from lending; empty when nothing did.
[[nodiscard]] std::string exercise(cistern::detail::PoolCore& pool, const Arguments& arguments) {
    const auto timeout = arguments.timeout.value_or(pool.default_timeout());
    try {
        pool.warm_up(timeout);
        auto& lease = pool.acquire(timeout, std::source_location::current());
        cistern::detail::give_back(lease, false);
        return {};
    } catch (const cistern::Error& error) {
        return error.what();
    }
}

[[nodiscard]] std::string json_of(const cistern::EndpointStats& endpoint) {
    const auto& circuit = endpoint.circuit;
    return "{\"endpoint\":" + console::json_string(circuit.endpoint) +
           ",\"total\":" + std::to_string(endpoint.total) +
           ",\"idle\":" + std::to_string(endpoint.idle) +
           ",\"lent\":" + std::to_string(endpoint.lent) +
           ",\"circuit\":" + console::json_string(std::string{to_string(circuit.state)}) +
           ",\"failures_in_a_row\":" + std::to_string(circuit.failures) + "}";
}

[[nodiscard]] std::string json_of(const cistern::detail::PoolCore& pool,
                                  const std::string& problem) {
    const cistern::PoolStats stats = pool.stats();
    std::string out = "{\"pool\":" + console::json_string(pool.name()) +
                      ",\"plugin\":" + console::json_string(pool.plugin()) +
                      ",\"problem\":" + (problem.empty() ? "null" : console::json_string(problem));
    for (const auto& [name, value] : console::stats_fields(stats)) {
        out += ",\"" + name + "\":" + value;
    }
    out += ",\"circuit\":" + console::json_string(std::string{to_string(stats.circuit.state)});
    out += ",\"endpoints\":[";
    const char* separator = "";
    for (const auto& endpoint : stats.endpoints) {
        out += separator + json_of(endpoint);
        separator = ",";
    }
    out += "]";
    const auto& failure = stats.last_connect_failure;
    return out +
           ",\"last_connect_failure\":" + (failure ? console::json_string(failure->what) : "null") +
           "}";
}

}  // namespace

int show_stats(const Arguments& arguments, std::ostream& out) {
    const auto runtime = cistern::Runtime::from_file(arguments.conf);
    const std::vector<std::string> names =
        arguments.operands.empty() ? runtime.pool_names() : arguments.operands;
    bool is_fine = true;
    std::map<std::string, cistern::PoolStats> all;
    const char* separator = "[\n";
    for (const std::string& name : names) {
        auto& pool = runtime.untyped_pool(name);
        const std::string problem = exercise(pool, arguments);
        is_fine = is_fine && problem.empty();
        if (arguments.format == Format::kOpenMetrics) {
            all.emplace(name, pool.stats());
        } else if (arguments.format == Format::kJson) {
            out << separator << json_of(pool, problem);
            separator = ",\n";
        } else {
            out << console::stats_summary(name, pool.stats())
                << (problem.empty() ? ""
                                    : "  no connection: " + console::printable(problem) + "\n");
        }
    }
    if (arguments.format == Format::kOpenMetrics) {
        out << cistern::to_openmetrics(all);
    }
    out << (arguments.format == Format::kJson ? "\n]\n" : "");
    return is_fine ? 0 : 1;
}

}  // namespace cisternctl
