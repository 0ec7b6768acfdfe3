// The reference files are read with the reader that users' files are read with.

#include "config_folder.hpp"

#include <config/properties_file.hpp>

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

using cistern::Problems;
using cistern::test::ConfigFolder;

namespace {

const std::filesystem::path kConf{CONF_DIR};

std::string reference_file() {
    std::ifstream file{kConf / "cistern.properties"};
    return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace

TEST_CASE("the reference file can be used as it is", "[unit][config]") {
    const auto loaded = cistern::load_config(kConf / "cistern.properties", {}, {});
    CHECK(loaded.problems == Problems{});
    REQUIRE(loaded.config.pools.size() == 1);
}

TEST_CASE("every key that the reference file shows means what it means without it",
          "[unit][config]") {
    ConfigFolder folder;
    std::string all;
    std::istringstream lines{reference_file()};
    for (std::string line; std::getline(lines, line);) {
        const bool is_key = line.starts_with("# pool.") && line.find(" = ") != std::string::npos;
        all += (is_key ? line.substr(2) : line) + "\n";
    }
    const auto loaded = folder.load(all);
    CHECK(loaded.problems == Problems{});
    REQUIRE(loaded.config.pools.size() == 1);
    const cistern::PoolOptions defaults;
    CHECK(loaded.config.pools.front().options.acquire_timeout == defaults.acquire_timeout);
    CHECK(loaded.config.pools.front().options.retry.multiplier == defaults.retry.multiplier);
    CHECK(loaded.config.pools.front().settings.contains("endpoint"));
}

TEST_CASE("the plugins' reference files hold nothing that the reader refuses", "[unit][config]") {
    for (const auto& file : std::filesystem::directory_iterator{kConf / "plugins"}) {
        CAPTURE(file.path());
        CHECK(cistern::read_properties(file.path()).problems == Problems{});
    }
}
