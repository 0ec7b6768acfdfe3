// The text for Prometheus; a foreign parser reads it in tests/integration/redis.

#include "core/histogram.hpp"

#include <cistern/openmetrics.hpp>

#include <catch2/catch.hpp>

#include <set>
#include <sstream>

namespace cistern {
namespace {

using namespace std::chrono_literals;
using Catch::Contains;

PoolStats busy() {
    PoolStats stats;
    stats.max_size = 8;
    stats.total = 3;
    stats.idle = 1;
    stats.lent = 2;
    stats.waiting = 4;
    stats.timeouts = 7;
    stats.rejected = 6;
    stats.rejected_hopeless = 2;
    stats.rejected_late = 1;
    stats.closed = 9;
    stats.closed_broken = 4;
    stats.circuit.state = CircuitState::kOpen;
    stats.longest_wait = 1500ms;
    core::Histogram waits;
    waits.record(1ms);
    waits.record(3ms);
    waits.record(2s);
    stats.wait_time = waits.taken();
    return stats;
}

TEST_CASE("what OpenTelemetry has names for is written under these, with the unit at the end",
          "[unit][openmetrics]") {
    const auto text = to_openmetrics({{"cache", busy()}});
    const std::string pool = R"({db_client_connection_pool_name="cache")";
    for (const auto& line : {"# TYPE db_client_connection_count gauge\n",
                             "# TYPE db_client_connection_wait_time_seconds histogram\n"
                             "# UNIT db_client_connection_wait_time_seconds seconds\n",
                             "# TYPE db_client_connection_timeouts counter\n"}) {
        CHECK_THAT(text, Contains(line));
    }
    for (const auto& [name, rest] : std::initializer_list<std::pair<std::string, std::string>>{
             {"db_client_connection_count", R"(,db_client_connection_state="idle"} 1)"},
             {"db_client_connection_count", R"(,db_client_connection_state="used"} 2)"},
             {"db_client_connection_max", "} 8"},
             {"db_client_connection_pending_requests", "} 4"},
             {"db_client_connection_timeouts_total", "} 7"},
             {"cistern_rejected_total", R"(,reason="other"} 3)"},
             {"cistern_connections_closed_total", R"(,reason="broken"} 4)"},
             {"cistern_connections_closed_total", R"(,reason="other"} 5)"},
             {"cistern_circuit", R"(,state="open"} 1)"},
             {"cistern_circuit", R"(,state="closed"} 0)"},
             {"cistern_longest_wait_seconds", "} 1.5"}}) {
        CHECK_THAT(text, Contains(name + pool + rest + "\n"));
    }
}

TEST_CASE("a histogram is written with exact counts, its sum in seconds, and all at the end",
          "[unit][openmetrics]") {
    const auto text = to_openmetrics({{"cache", busy()}});
    const std::string name = "db_client_connection_wait_time_seconds";
    const std::string pool = R"({db_client_connection_pool_name="cache")";
    for (const auto& [limit, count] :
         std::initializer_list<std::pair<std::string, std::string>>{{"0.0005", "0"},
                                                                    {"0.001", "1"},
                                                                    {"0.002", "1"},
                                                                    {"0.005", "2"},
                                                                    {"1.0", "2"},
                                                                    {"2.0", "3"},
                                                                    {"+Inf", "3"}}) {
        CHECK_THAT(text,
                   Contains(name + "_bucket" + pool + ",le=\"" + limit + "\"} " + count + "\n"));
    }
    CHECK_THAT(text, Contains(name + "_count" + pool + "} 3\n"));
    CHECK_THAT(text, Contains(name + "_sum" + pool + "} 2.004\n"));
}

TEST_CASE("each metric has one head, with the samples of all pools below it",
          "[unit][openmetrics]") {
    std::istringstream text{to_openmetrics({{"a", busy()}, {"b", busy()}})};
    std::set<std::string> heads;
    std::string current;
    std::string line;
    while (std::getline(text, line) && line != "# EOF") {
        if (line.rfind("# TYPE ", 0) == 0) {
            current = line.substr(7, line.find(' ', 7) - 7);
            CHECK(heads.insert(current).second);
        } else if (line[0] != '#') {
            CHECK(line.rfind(current, 0) == 0);
        }
    }
    CHECK(line == "# EOF");
    CHECK_FALSE(std::getline(text, line));
}

TEST_CASE("a pool's name is written so that no name breaks a line or a label",
          "[unit][openmetrics]") {
    CHECK_THAT(to_openmetrics({{"a\"b\\c\nd", {}}}), Contains(R"(pool_name="a\"b\\c\nd"})"));
    CHECK(to_openmetrics({}).ends_with("# EOF\n"));
}

}  // namespace
}  // namespace cistern
