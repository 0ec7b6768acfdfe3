#include "config_folder.hpp"
#include "support/skip.hpp"

#include <cistern/connector_config.hpp>

#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <string>

using Catch::Contains;
using cistern::Problems;
using cistern::test::ConfigFolder;

namespace {

const std::string kStart = "pools = a\npool.a.plugin = hive\n";

std::string value_in(ConfigFolder& folder,
                     const std::string& text,
                     const cistern::Environment& env = {}) {
    const auto loaded = folder.load(kStart + "pool.a.hive.password = " + text + "\n", env);
    REQUIRE(loaded.problems == Problems{});
    return loaded.config.pools.front().settings.at("password").value.text;
}

std::string problem_in(ConfigFolder& folder,
                       const std::string& text,
                       const cistern::Environment& env = {}) {
    const auto problems = folder.problems(kStart + "pool.a.hive.password = " + text + "\n", env);
    REQUIRE(problems.size() == 1);
    return problems.front();
}

}  // namespace

TEST_CASE("secrets come from the environment or a file", "[unit][config]") {
    ConfigFolder folder;
    folder.write("secrets/password", "hunter2\n");
    CHECK(value_in(folder, "${env:PASSWORD}", {{"PASSWORD", "hunter2"}}) == "hunter2");
    CHECK(value_in(folder, "${file:secrets/password}") == "hunter2");
    CHECK(value_in(folder, "${file:" + (folder.path() / "secrets/password").string() + "}") ==
          "hunter2");
    CHECK(value_in(folder, "<${env:A}-${env:B}>", {{"A", "1"}, {"B", "2"}}) == "<1-2>");
    CHECK(value_in(folder, "$${env:A} costs $5") == "${env:A} costs $5");
}

TEST_CASE("only the last line's end is dropped from a secret's file", "[unit][config]") {
    ConfigFolder folder;
    folder.write("a", " two\nlines \r\n");
    CHECK(value_in(folder, "${file:a}") == " two\nlines ");
    folder.write("b", "no end");
    CHECK(value_in(folder, "${file:b}") == "no end");
}

TEST_CASE("what a reference brought is not resolved again", "[unit][config]") {
    ConfigFolder folder;
    CHECK(value_in(folder, "${env:A}", {{"A", "${env:B}"}, {"B", "x"}}) == "${env:B}");
}

TEST_CASE("a plugin's defaults may refer to files beside them", "[unit][config]") {
    ConfigFolder folder;
    folder.write("plugins/hive.properties", "password = ${file:secret}\n");
    folder.write("plugins/secret", "hunter2");
    const auto loaded = folder.load(kStart);
    REQUIRE(loaded.problems == Problems{});
    CHECK(loaded.config.pools.front().settings.at("password").value.text == "hunter2");
}

TEST_CASE("a reference that cannot be followed names the key and what is wrong", "[unit][config]") {
    ConfigFolder folder;
    CHECK_THAT(
        problem_in(folder, "${env:NONE}"),
        Contains(
            "main.properties:3: pool.a.hive.password: refers to the environment variable NONE, "
            "which is not set"));
    CHECK_THAT(problem_in(folder, "${file:none}"), Contains("none: there is no such file"));
    CHECK_THAT(problem_in(folder, "${file:.}"), Contains("is a folder"));
    CHECK_THAT(problem_in(folder, "${vault:x}"),
               Contains("right would be ${env:NAME} or ${file:path}"));
    CHECK_THAT(problem_in(folder, "${HOME}"), Contains("unknown kind of reference"));
    CHECK_THAT(problem_in(folder, "${env:}"), Contains("unknown kind of reference"));
    CHECK_THAT(problem_in(folder, "${env:X"), Contains("without its closing brace"));
}

TEST_CASE("a secret's file that others can read is refused", "[unit][config]") {
    ConfigFolder folder;
    const auto file = folder.write("password", "hunter2");
    const auto mode = GENERATE(0640, 0604, 0620, 0644);
    REQUIRE(::chmod(file.c_str(), static_cast<mode_t>(mode)) == 0);
    const auto problem = problem_in(folder, "${file:password}");
    CHECK_THAT(problem, Contains("is open to other users; close it with chmod go-rwx"));
    CHECK_THAT(problem, !Contains("hunter2"));
}

TEST_CASE("a secret's file that belongs to somebody else is refused", "[unit][config]") {
    if (::geteuid() != 0) {
        cistern::test::skip("only root can give a file away");
    }
    ConfigFolder folder;
    REQUIRE(::chown(folder.write("password", "hunter2").c_str(), 12345, 12345) == 0);
    CHECK_THAT(problem_in(folder, "${file:password}"), Contains("must belong to the user"));
}

TEST_CASE("no message shows what came from a reference, or a setting that may be a secret",
          "[unit][config]") {
    ConfigFolder folder;
    const cistern::Environment environment{{"CANARY", "hunter2"},
                                           {"CISTERN_POOL_A_ORDER", "${env:CANARY}"}};
    const auto loaded = folder.load(kStart +
                                        "pool.a.max_size = ${env:CANARY}\n"
                                        "pool.a.pasword = hunter2\n"
                                        "pool.hive.password = hunter2\n"
                                        "hunter2\n"
                                        "password = hunter2\n"
                                        "pool.a.hive.pasword = hunter2\n"
                                        "pool.a.hive.timeout = ${env:CANARY}\n"
                                        "pool.a.hive.password = hunter2\n",
                                    environment);
    const auto checked = cistern::check_settings(loaded.config.pools.front(),
                                                 {{"password", cistern::SettingType::kSecret},
                                                  {"timeout", cistern::SettingType::kDuration}});
    CHECK(loaded.problems.size() == 6);
    CHECK(checked.problems.size() == 2);
    for (const auto& problems : {loaded.problems, checked.problems}) {
        CHECK_THAT(cistern::problem_list(problems), !Contains("hunter2"));
    }
    CHECK(checked.values.at("password").is_hidden);
}
