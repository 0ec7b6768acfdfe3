#include <config/schema.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <string>

using namespace cistern;

TEST_CASE("the options' defaults are those of the contract", "[unit][config]") {
    const std::map<std::string, std::string> contract{{"max_size", "10"},
                                                      {"min_idle", "0"},
                                                      {"acquire_timeout", "30s"},
                                                      {"bypass_window", "0"},
                                                      {"max_waiters", "0"},
                                                      {"connect_timeout", "5s"},
                                                      {"max_connecting", "2"},
                                                      {"retry.max_attempts", "3"},
                                                      {"retry.initial_delay", "50ms"},
                                                      {"retry.multiplier", "1.6"},
                                                      {"retry.max_delay", "1s"},
                                                      {"retry.jitter", "0.2"},
                                                      {"retry.budget", "0.2"},
                                                      {"max_lifetime", "30min"},
                                                      {"lifetime_jitter", "0.1"},
                                                      {"idle_timeout", "10min"},
                                                      {"keepalive_interval", "0"},
                                                      {"validate_after_idle", "500ms"},
                                                      {"validate_timeout", "1s"},
                                                      {"reap_interval", "1s"},
                                                      {"order", "lifo"},
                                                      {"leak_threshold", "0"},
                                                      {"backend", "thread"},
                                                      {"codel.target", "0"},
                                                      {"codel.interval", "1s"},
                                                      {"reject_hopeless", "false"},
                                                      {"reserve.high", "0"},
                                                      {"reserve.normal", "0"},
                                                      {"fail_fast", "false"},
                                                      {"credentials", "none"},
                                                      {"endpoints", "none"},
                                                      {"endpoint_policy", "failover"},
                                                      {"failback_after", "0"},
                                                      {"match_by", "none"},
                                                      {"adaptive", "off"},
                                                      {"adaptive.min_size", "1"},
                                                      {"adaptive.interval", "1s"},
                                                      {"adaptive.samples", "256"}};
    const auto table = pool_option_table();
    CHECK(table.size() == contract.size());
    for (const auto& option : table) {
        CAPTURE(option.name);
        REQUIRE(contract.contains(option.name));
        CHECK(option.default_text == contract.at(option.name));
    }
}

TEST_CASE("a list of endpoints is read item by item, each once", "[unit][config]") {
    const auto table = pool_option_table();
    const auto option = std::find_if(
        table.begin(), table.end(), [](const auto& its) { return its.name == "endpoints"; });
    REQUIRE(option != table.end());
    PoolOptions options;
    CHECK(option->store(options, "db1:5432, db2:5432,[::1]:5433"));
    CHECK(options.endpoints == std::vector<std::string>{"db1:5432", "db2:5432", "[::1]:5433"});
    for (const auto* wrong : {"db1", "db1:1,,db2:1", "db1:1, db1:1", "db1:1 db2:1", "::1:5433"}) {
        CAPTURE(wrong);
        CHECK_FALSE(option->store(options, wrong));
    }
    std::string many;
    for (int port = 1; port <= 65; ++port) {
        many += (port > 1 ? "," : "") + std::string{"h:"} + std::to_string(port);
    }
    CHECK_FALSE(option->store(options, many));
    CHECK(option->store(options, "none"));
    CHECK(options.endpoints.empty());
}

TEST_CASE("every option is described, and its default is one of its values", "[unit][config]") {
    for (const auto& option : pool_option_table()) {
        CAPTURE(option.name);
        PoolOptions options;
        CHECK(option.store(options, option.default_text));
        CHECK_FALSE(option.store(options, "no such value"));
        CHECK_FALSE(option.store(options, ""));
        CHECK(option.meaning.ends_with('.'));
        CHECK_FALSE(option.range.empty());
        // What zero means is said wherever zero is allowed.
        CHECK(option.store(options, "0") == !option.zero.empty());
    }
}

TEST_CASE("a value outside its range changes nothing", "[unit][config]") {
    for (const auto& option : pool_option_table()) {
        if (option.name == "max_size") {
            PoolOptions options;
            CHECK(option.store(options, "1"));
            CHECK(options.max_size == 1);
            CHECK_FALSE(option.store(options, "0"));
            CHECK_FALSE(option.store(options, "100001"));
            CHECK_FALSE(option.store(options, "4294967297"));
            CHECK_FALSE(option.store(options, "-1"));
            CHECK(options.max_size == 1);
        }
    }
}
