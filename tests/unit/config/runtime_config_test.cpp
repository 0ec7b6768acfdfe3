#include "config_folder.hpp"

#include <catch2/catch.hpp>

#include <string>

using Catch::Contains;
using cistern::Problems;
using cistern::test::ConfigFolder;
using namespace std::chrono_literals;

TEST_CASE("a properties file becomes pools", "[unit][config]") {
    ConfigFolder folder;
    const auto loaded = folder.load(
        "plugins.dir = plugins:/opt/more\n"
        "pools = a, b-2\n"
        "pool.a.plugin = hive\n"
        "pool.a.max_size = 16\n"
        "pool.a.retry.max_delay = 2s\n"
        "pool.a.order = fifo\n"
        "pool.a.hive.url = jdbc:hive2://h:1/db\n"
        "pool.a.hive.conf.hive.exec.parallel = true\n"
        "pool.b-2.plugin = echo\n");
    REQUIRE(loaded.problems == Problems{});
    const auto& config = loaded.config;
    CHECK(config.plugin_dirs ==
          std::vector<std::filesystem::path>{folder.path() / "plugins", "/opt/more"});
    REQUIRE(config.pools.size() == 2);
    CHECK(config.pools[0].name == "a");
    CHECK(config.pools[0].plugin == "hive");
    CHECK(config.pools[0].options.max_size == 16);
    CHECK(config.pools[0].options.retry.max_delay == 2s);
    CHECK(config.pools[0].options.order == cistern::LendOrder::kFifo);
    CHECK(config.pools[0].options.min_idle == 0);
    CHECK(config.pools[0].settings.at("url").value.text == "jdbc:hive2://h:1/db");
    CHECK(config.pools[0].settings.at("conf.hive.exec.parallel").value.text == "true");
    CHECK(config.pools[1].name == "b-2");
}

TEST_CASE("without plugins.dir the library's own folder is meant", "[unit][config]") {
    ConfigFolder folder;
    CHECK(folder.load("pools = a\npool.a.plugin = echo\n").config.plugin_dirs.empty());
}

TEST_CASE("a plugin's defaults lie beside the file, and the file wins over them",
          "[unit][config]") {
    ConfigFolder folder;
    folder.write("plugins/hive.properties", "url = from defaults\nuser = bob\n");
    const auto loaded = folder.load(
        "pools = a, b\npool.a.plugin = hive\npool.a.hive.url = from file\npool.b.plugin = hive\n");
    REQUIRE(loaded.problems == Problems{});
    const auto& a = loaded.config.pools[0].settings;
    CHECK(a.at("url").value.text == "from file");
    CHECK(a.at("user").value.text == "bob");
    CHECK(a.at("user").value.origin == (folder.path() / "plugins/hive.properties").string() + ":2");
    CHECK(loaded.config.pools[1].settings.at("url").value.text == "from defaults");
}

TEST_CASE("the environment wins over the file", "[unit][config]") {
    ConfigFolder folder;
    const auto loaded = folder.load("pools = a, b\npool.a.plugin = echo\npool.a.max_size = 3\n",
                                    {{"CISTERN_POOLS", "a"},
                                     {"CISTERN_PLUGINS_DIR", "/x:/y"},
                                     {"CISTERN_POOL_A_PLUGIN", "hive"},
                                     {"CISTERN_POOL_A_MAX_SIZE", "5"},
                                     {"CISTERN_POOL_A_RETRY_MAX_DELAY", "7s"},
                                     {"CISTERN_POOL_A_HIVE_URL", "from environment"},
                                     {"CISTERN_SOMETHING_ELSE", "of another program"},
                                     {"HOME", "/root"}});
    REQUIRE(loaded.problems == Problems{});
    CHECK(loaded.config.plugin_dirs == std::vector<std::filesystem::path>{"/x", "/y"});
    REQUIRE(loaded.config.pools.size() == 1);
    const auto& pool = loaded.config.pools.front();
    CHECK(pool.plugin == "hive");
    CHECK(pool.options.max_size == 5);
    CHECK(pool.options.retry.max_delay == 7s);
    CHECK(pool.overrides.at("URL").value.text == "from environment");
}

TEST_CASE("every problem of all files and the environment is found at once", "[unit][config]") {
    ConfigFolder folder;
    folder.write("plugins/hive.properties", "url = a\nurl = b\n");
    const auto problems = folder.problems(
        "pools = a, a b, a\n"
        "pool.a.plugin = hive\n"
        "pool.a.max_sise = 5\n"
        "pool.a.min_idle = many\n"
        "nonsense\n"
        "pool.c.max_size = 5\n"
        "pool.a.max_size = 0\n",
        {{"CISTERN_POOL_A_ORDER", "random"}});
    CHECK(
        problems ==
        Problems{
            "main.properties:5: is no setting; right would be: key = value",
            "main.properties:1: pools = \"a, a b, a\": \"a b\" is no pool's name; right would be "
            "letters, digits, _ and -, separated by commas",
            "main.properties:1: pools = \"a, a b, a\": names a twice",
            "main.properties:3: pool.a.max_sise: unknown key; did you mean pool.a.max_size?",
            "main.properties:4: pool.a.min_idle = \"many\": must be a whole number, from 0 to "
            "100000",
            "main.properties:6: pool.c.max_size: there is no pool \"c\" in pools; did you mean a?",
            "main.properties:7: pool.a.max_size = \"0\": must be a whole number, from 1 to 100000",
            "environment CISTERN_POOL_A_ORDER: pool.a.order = \"random\": must be lifo, fifo or "
            "oldest",
            "plugins/hive.properties:2: url: was given before, on line 1; keep one of the two"});
}

TEST_CASE("an unknown key is told the nearest one", "[unit][config]") {
    ConfigFolder folder;
    const auto hint = [&](const std::string& line) {
        const auto problems =
            folder.problems("pools = a\npool.a.plugin = hive\n" + line + " = 1\n");
        REQUIRE(problems.size() == 1);
        return problems.front();
    };
    CHECK_THAT(hint("pool.a.max_lifetme"),
               Contains("main.properties:3: pool.a.max_lifetme: unknown key; "
                        "did you mean pool.a.max_lifetime?"));
    CHECK_THAT(hint("pool.a.maxsize"), Contains("did you mean pool.a.max_size?"));
    CHECK_THAT(hint("pool.a.mxa_size"), Contains("did you mean pool.a.max_size?"));
    CHECK_THAT(hint("pool.a.retry.max_attemps"),
               Contains("did you mean pool.a.retry.max_attempts?"));
    CHECK_THAT(hint("pool.a.hvie.url"), Contains("did you mean pool.a.hive.url?"));
    CHECK_THAT(hint("pool.a.lifetime"), Contains("did you mean pool.a.max_lifetime?"));
    CHECK_THAT(hint("plugin.dir"), Contains("did you mean plugins.dir?"));
    CHECK_THAT(hint("pol.a.max_size"), Contains("did you mean pool.a.max_size?"));
    CHECK_THAT(hint("pool.a.redis.db"), Contains("pool a is served by the plugin hive"));
    CHECK_THAT(hint("pool.a.zzzzz"), Contains("a pool has max_size, min_idle"));
    CHECK_THAT(hint("zzzzz"), Contains("keys are pools, plugins.dir and pool.<pool>.<option>"));
}

TEST_CASE("what is missing is said", "[unit][config]") {
    ConfigFolder folder;
    CHECK_THAT(folder.problems("plugins.dir = x\n").front(),
               Contains("main.properties: pools: is missing"));
    CHECK_THAT(folder.problems("pools = a\n").front(),
               Contains("main.properties:1: pool.a.plugin: is missing"));
    CHECK_THAT(folder.problems("pools =\n").front(), Contains("is no pool's name"));
    CHECK_THAT(folder.problems("pools = a\npool.a.plugin = ../evil\n").front(),
               Contains("must be a plugin's name"));
}

TEST_CASE("each kind of file that cannot be read has its own sentence", "[unit][config]") {
    ConfigFolder folder;
    const auto problem = [](const std::filesystem::path& path) {
        const auto problems = cistern::load_config(path, {}, {}).problems;
        REQUIRE(problems.size() == 1);
        return problems.front();
    };
    CHECK_THAT(problem(folder.path() / "missing"), Contains("missing: there is no such file"));
    CHECK_THAT(problem(folder.path()), Contains("is a folder; right would be a file"));
    CHECK_THAT(problem("/dev/null"), Contains("is no regular file"));
    CHECK_THAT(problem(folder.write("empty", "")), Contains("empty: holds no setting"));
    CHECK_THAT(problem(folder.write("comments", "# nothing\n")), Contains("holds no setting"));
    CHECK_THAT(problem(folder.write("large", std::string(1100000, '#'))),
               Contains("large: is too large; at most 1MiB are read"));
}

TEST_CASE("a variable that fits nothing is told the nearest one", "[unit][config]") {
    ConfigFolder folder;
    const auto problem = [&](const std::string& variable) {
        const auto problems =
            folder.problems("pools = a\npool.a.plugin = hive\n", {{variable, "1"}});
        REQUIRE(problems.size() == 1);
        return problems.front();
    };
    CHECK_THAT(problem("CISTERN_POOL_A_MAX_SISE"),
               Contains("environment CISTERN_POOL_A_MAX_SISE: fits no key; did you mean "
                        "CISTERN_POOL_A_MAX_SIZE?"));
    CHECK_THAT(problem("CISTERN_PLUGIN_DIR"), Contains("did you mean CISTERN_PLUGINS_DIR?"));
    CHECK_THAT(problem("CISTERN_POOL_LONG_NAME_Q"), Contains("CISTERN_POOL_<POOL>_<OPTION>"));
}

TEST_CASE("a variable that could mean two things is refused", "[unit][config]") {
    ConfigFolder folder;
    const auto problems = folder.problems("pools = a, A\npool.a.plugin = x\npool.A.plugin = x\n",
                                          {{"CISTERN_POOL_A_MAX_SIZE", "1"}});
    REQUIRE(problems.size() == 1);
    CHECK_THAT(problems.front(), Contains("could mean pool.a.max_size or pool.A.max_size"));
}

TEST_CASE("options that contradict each other are reported where they were given",
          "[unit][config]") {
    ConfigFolder folder;
    const cistern::OptionRules rules = [](const cistern::PoolOptions& options) {
        std::vector<cistern::OptionProblem> problems;
        if (options.min_idle > options.max_size) {
            problems.push_back({"min_idle", "must not be above max_size"});
        }
        return problems;
    };
    const std::string start = "pools = a\npool.a.plugin = x\npool.a.min_idle = 50\n";
    CHECK(folder.problems(start, {}, rules) ==
          Problems{"main.properties:3: pool.a.min_idle = \"50\": must not be above max_size"});
    CHECK(folder.problems(start + "pool.a.max_size = 50\n", {}, rules) == Problems{});
    // A relation with a value that is refused anyway would only confuse.
    CHECK(folder.problems(start + "pool.a.max_size = lots\n", {}, rules).size() == 1);
}

TEST_CASE("pools described in code are checked the same way", "[unit][config]") {
    const cistern::RuntimeSpec spec{
        .plugin_dirs = {"/x"},
        .pools = {{.name = "a",
                   .plugin = "echo",
                   .options = {{"max_size", "4"}, {"max_sise", "5"}, {"order", "x"}},
                   .settings = {{"endpoint", "${env:WHERE}"}, {"name", "${env:NOWHERE}"}}},
                  {.name = "a", .plugin = "echo"},
                  {.name = "", .plugin = "echo"},
                  {.name = "b", .plugin = ""}}};
    const auto loaded =
        cistern::load_config(spec, {{"WHERE", "h:1"}, {"CISTERN_POOL_A_MAX_SIZE", "9"}}, {});
    CHECK(
        loaded.problems ==
        Problems{
            "in code: pool.a.max_sise: unknown key; did you mean pool.a.max_size?",
            "in code: pool.a.order = \"x\": must be lifo, fifo or oldest",
            "in code: pool.a.echo.name: refers to the environment variable NOWHERE, which is not "
            "set",
            "in code: PoolSpec \"a\": there is another pool of this name",
            "in code: PoolSpec \"\": is no pool's name; right would be letters, digits, _ and -",
            "in code: PoolSpec \"b\": its plugin \"\" is no plugin's name; right would be letters, "
            "digits, _ and -"});
    REQUIRE(loaded.config.pools.size() == 1);
    CHECK(loaded.config.pools.front().options.max_size == 4);
    CHECK(loaded.config.pools.front().settings.at("endpoint").value.text == "h:1");
    CHECK(loaded.config.pools.front().settings.at("endpoint").value.is_hidden);
}

TEST_CASE("the same problem is told once, and a flood of them is cut short", "[unit][config]") {
    CHECK(cistern::problem_list({"a", "b", "a"}) == "a\nb");
    Problems many;
    for (int i = 0; i < 200; ++i) {
        many.push_back(std::to_string(i));
    }
    CHECK_THAT(cistern::problem_list(many), Contains("... and 150 more"));
}
