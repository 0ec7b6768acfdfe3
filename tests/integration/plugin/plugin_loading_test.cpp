// What a host makes of plugins that are whole, whatever they are.

#include "plugin_folder.hpp"

#include <cistern/cistern.hpp>
#include <cistern/plugin_tag.hpp>

#include <catch2/catch.hpp>

#include <string>

using Catch::Contains;
using cistern::test::PluginFolder;

namespace {

struct Refusal {
    std::string specimen;
    std::string what;
    std::string remedy;
};

}  // namespace

TEST_CASE("a good plugin is usable, with its names, tag and settings", "[integration][plugin]") {
    const std::string specimen = GENERATE("good", "sealed");
    PluginFolder folder;
    folder.add(specimen);
    const auto report = folder.inspect_one();
    CHECK(report.problem == "");
    REQUIRE(report.usable);
    CHECK(report.names == std::vector<std::string>{"good"});
    CHECK(report.tag == CISTERN_PLUGIN_TAG);
    REQUIRE(report.settings.size() == 1);
    CHECK(report.settings.front().name == "greeting");
}

TEST_CASE("a plugin may offer several connectors", "[integration][plugin]") {
    PluginFolder folder;
    folder.add("two_names");
    CHECK(folder.inspect_one().names == std::vector<std::string>{"first", "second"});
}

TEST_CASE("a bad plugin is refused with what, where and how to mend it, and the process lives",
          "[integration][plugin]") {
    const auto refusal = GENERATE(
        Refusal{"wrong_tag", "was built with \"cistern 9.9.9 abi 7", "build the plugin again"},
        Refusal{"wrong_tag", CISTERN_PLUGIN_TAG, "with this version's headers"},
        Refusal{"no_tag", "has no plugin tag", "CISTERN_EXPORT_CONNECTOR"},
        Refusal{"no_manifest", "No manifest", "CISTERN_EXPORT_CONNECTOR"},
        Refusal{"empty_manifest", "offers no connector", "CISTERN_EXPORT_CONNECTOR"},
        Refusal{"other_manifest", "mismatch", "CISTERN_EXPORT_CONNECTOR"},
        Refusal{
            "undefined_symbol", "uses elsewhere::not_defined_anywhere(int)", "link the library"},
        Refusal{"undefined_cistern_symbol",
                "uses cistern::only_in_another_version(int)",
                "another version of cistern"},
        Refusal{"missing_library", "needs the library libgoes_missing.so", "install it"},
        Refusal{"throws_in_factory", "no licence file", "move that to connect()"},
        Refusal{"throws_a_number", "something that is no std::exception", "move that to connect()"},
        Refusal{"throws_in_settings", "cannot tell", "move that to connect()"},
        Refusal{"throws_at_load",
                "the program that tried it out crashed with SIGABRT",
                "install it again"},
        Refusal{"aborts_in_factory",
                "the program that tried it out crashed with SIGABRT",
                "build or install"},
        Refusal{"exits_at_load",
                "the program that tried it out ended with status 3",
                "build or install"},
        Refusal{"name_twice", "offers the name \"name_twice\" twice", "a name of its own"});
    CAPTURE(refusal.specimen);
    PluginFolder folder;
    const auto path = folder.add(refusal.specimen);
    const auto report = folder.inspect_one();
    CHECK_FALSE(report.usable);
    CHECK_THAT(report.problem, Catch::StartsWith(path.string() + ": "));
    CHECK_THAT(report.problem, Contains(refusal.what));
    CHECK_THAT(report.problem, Contains(refusal.remedy));
}

TEST_CASE("a bad plugin does no harm to a good one beside it", "[integration][plugin]") {
    PluginFolder folder;
    folder.add("aborts_in_factory", "a_bad");
    folder.add("exits_at_load", "b_bad");
    folder.add("good");
    folder.add("throws_at_load", "z_bad");
    const auto reports = folder.inspect();
    REQUIRE(reports.size() == 4);
    CHECK_FALSE(reports[0].usable);
    CHECK_FALSE(reports[1].usable);
    CHECK(reports[2].usable);
    CHECK_FALSE(reports[3].usable);
}

TEST_CASE("a name that two files offer is refused in both, each naming the other",
          "[integration][plugin]") {
    PluginFolder folder;
    const auto first = folder.add("good", "one");
    const auto second = folder.add("good", "two");
    const auto reports = folder.inspect();
    REQUIRE(reports.size() == 2);
    CHECK_FALSE(reports[0].usable);
    CHECK_FALSE(reports[1].usable);
    CHECK_THAT(reports[0].problem, Contains(first.string()) && Contains(second.string()));
    CHECK_THAT(reports[1].problem, Contains(first.string()) && Contains(second.string()));
    CHECK_THAT(reports[1].problem, Contains("remove one of the two"));
}

TEST_CASE("a folder that is listed twice is searched once", "[integration][plugin]") {
    PluginFolder folder;
    folder.add("good");
    const auto reports = cistern::inspect_plugins({folder.path(), folder.path() / "."});
    REQUIRE(reports.size() == 1);
    CHECK(reports.front().usable);
}

TEST_CASE("two plugins that define the same struct each keep their own", "[integration][plugin]") {
    PluginFolder folder;
    folder.add("same_struct_a");
    folder.add("same_struct_b");
    const auto reports = folder.inspect();
    REQUIRE(reports.size() == 2);
    CHECK(reports[0].settings.front().default_value == "a");
    CHECK(reports[1].settings.front().default_value == "b");
}

TEST_CASE("a pool whose plugin is not there is told where was searched and what was found",
          "[integration][plugin]") {
    PluginFolder folder;
    const auto good = folder.add("good");
    const auto bad = folder.add("no_tag");
    const cistern::RuntimeSpec spec{.plugin_dirs = {folder.path()},
                                    .pools = {{.name = "a", .plugin = "goood"}}};
    CHECK_THROWS_WITH(cistern::Runtime::from_spec(spec),
                      Contains("no usable plugin is called \"goood\"; did you mean good?") &&
                          Contains("searched " + folder.path().string()) &&
                          Contains(good.string() + " (offers good)") &&
                          Contains("refused " + bad.string()));
}

TEST_CASE("the library finds the plugins that were built with it", "[integration][plugin]") {
    const auto reports = cistern::inspect_plugins();
    const auto echo = std::find_if(reports.begin(), reports.end(), [](const auto& report) {
        return report.names == std::vector<std::string>{"echo"};
    });
    REQUIRE(echo != reports.end());
    CHECK(echo->usable);
    CHECK(echo->path.parent_path() == cistern::default_plugin_dir());
}
