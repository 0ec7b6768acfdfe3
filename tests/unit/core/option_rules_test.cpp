#include "core/option_rules.hpp"

#include <catch2/catch.hpp>

#include <functional>

namespace cistern::core {
namespace {

using namespace std::chrono_literals;

struct Case {
    std::string key;
    std::function<void(PoolOptions&)> spoil;
};

TEST_CASE("the defaults are sound", "[unit][core]") {
    CHECK(check_options({}).empty());
}

TEST_CASE("each rule about options is told by the key that breaks it", "[unit][core]") {
    const std::vector<Case> cases{
        {"max_size", [](auto& o) { o.max_size = 0; }},
        {"acquire_timeout", [](auto& o) { o.acquire_timeout = -1ns; }},
        {"bypass_window", [](auto& o) { o.bypass_window = -1ns; }},
        {"codel.target", [](auto& o) { o.codel.target = -1ns; }},
        {"codel.target", [](auto& o) { o.codel.target = 2s; }},
        {"reserve.high", [](auto& o) { o.reserve = {.high = 5, .normal = 5}; }},
        {"reserve.high", [](auto& o) { o.reserve.high = UINT32_MAX; }},
        {"reserve.normal", [](auto& o) { o.reserve.normal = 10; }},
        {"reserve.normal",
         [](auto& o) {
             o.reserve.normal = 1;
             o.match_by = "endpoint";
         }},
        {"codel.interval", [](auto& o) { o.codel.interval = 0s; }},
        {"endpoints", [](auto& o) { o.endpoints.resize(kMostEndpoints + 1, "a:1"); }},
        {"failback_after", [](auto& o) { o.failback_after = -1ns; }},
        {"failback_after", [](auto& o) { o.failback_after = 1s; }},
        {"failback_after",
         [](auto& o) {
             o.failback_after = 1s;
             o.endpoints = {"a:1", "b:1"};
             o.endpoint_policy = EndpointPolicy::kRoundRobin;
         }},
        {"connect_timeout", [](auto& o) { o.connect_timeout = 0s; }},
        {"max_connecting", [](auto& o) { o.max_connecting = 0; }},
        {"retry.max_attempts", [](auto& o) { o.retry.max_attempts = 0; }},
        {"retry.initial_delay", [](auto& o) { o.retry.initial_delay = -1ns; }},
        {"retry.initial_delay", [](auto& o) { o.retry.initial_delay = 2s; }},
        {"retry.multiplier", [](auto& o) { o.retry.multiplier = 0.9; }},
        {"retry.jitter", [](auto& o) { o.retry.jitter = 1.1; }},
        {"retry.budget", [](auto& o) { o.retry.budget = -0.1; }},
        {"max_lifetime", [](auto& o) { o.max_lifetime = -1ns; }},
        {"lifetime_jitter", [](auto& o) { o.lifetime_jitter = 1.0; }},
        {"idle_timeout", [](auto& o) { o.idle_timeout = -1ns; }},
        {"keepalive_interval", [](auto& o) { o.keepalive_interval = 31min; }},
        {"reap_interval", [](auto& o) { o.reap_interval = -1ns; }},
        {"validate_after_idle", [](auto& o) { o.validate_after_idle = -1ns; }},
        {"validate_timeout", [](auto& o) { o.validate_timeout = 0s; }},
        {"leak_threshold", [](auto& o) { o.leak_threshold = -1ns; }},
        {"min_idle", [](auto& o) { o.min_idle = 11; }},
        {"adaptive.min_size", [](auto& o) { o.adaptive.min_size = 0; }},
        {"adaptive.interval", [](auto& o) { o.adaptive.interval = 0s; }},
        {"adaptive.samples", [](auto& o) { o.adaptive.samples = 0; }},
        {"adaptive.min_size",
         [](auto& o) { o.adaptive = {.mode = AdaptiveMode::kOn, .min_size = 11}; }},
        {"adaptive.min_size",
         [](auto& o) {
             o.adaptive = {.mode = AdaptiveMode::kReport, .min_size = 2};
             o.min_idle = 3;
         }},
        {"adaptive.min_size",
         [](auto& o) {
             o.adaptive = {.mode = AdaptiveMode::kOn, .min_size = 2};
             o.reserve.high = 2;
         }},
        {"adaptive", [](auto& o) {
             o.adaptive.mode = AdaptiveMode::kOn;
             o.match_by = "endpoint";
         }}};
    for (const auto& one : cases) {
        PoolOptions options;
        one.spoil(options);
        const auto problems = check_options(options);
        INFO(one.key);
        REQUIRE(problems.size() == 1);
        CHECK(problems[0].key == one.key);
        CHECK_FALSE(problems[0].message.empty());
    }
}

TEST_CASE("all problems are told at once", "[unit][core]") {
    PoolOptions options;
    options.max_size = 2;
    options.min_idle = 3;
    options.max_connecting = 0;
    options.retry.multiplier = 0.0;
    const auto problems = check_options(options);
    REQUIRE(problems.size() == 3);
    CHECK(problems.back().message == "is 3, more than max_size, which is 2");
}

TEST_CASE("zero has its meaning and is no problem", "[unit][core]") {
    PoolOptions options;
    options.acquire_timeout = 0s;
    options.max_lifetime = 0s;
    options.keepalive_interval = 24h;
    options.idle_timeout = 0s;
    options.reap_interval = 0s;
    options.validate_after_idle = 0s;
    options.retry.budget = 0.0;
    CHECK(check_options(options).empty());
}

}  // namespace
}  // namespace cistern::core
