// Where a plugin lies, and who else could have put it there.

#include "plugin_folder.hpp"
#include "support/skip.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

using Catch::Contains;
using cistern::test::PluginFolder;
namespace fs = std::filesystem;

TEST_CASE("a file that is no library is refused", "[integration][plugin]") {
    PluginFolder folder;
    SECTION("text") {
        folder.write("x.so", "This is not an ELF file, however long it goes on about itself.\n");
        CHECK_THAT(folder.inspect_one().problem, Contains("is no shared library"));
    }
    SECTION("empty") {
        folder.write("x.so", "");
        CHECK_THAT(folder.inspect_one().problem, Contains("is empty; build or install"));
    }
    SECTION("a folder") {
        fs::create_directory(folder.path() / "x.so");
        CHECK_THAT(folder.inspect_one().problem, Contains("is a folder; remove it"));
    }
    SECTION("a pipe, without waiting for a writer") {
        REQUIRE(::mkfifo((folder.path() / "x.so").c_str(), 0600) == 0);
        CHECK_THAT(folder.inspect_one().problem, Contains("is no regular file"));
    }
    SECTION("a program") {
        fs::copy_file("/proc/self/exe", folder.path() / "x.so");
        CHECK_FALSE(folder.inspect_one().usable);
    }
}

TEST_CASE("what does not end in .so is no business of the host's", "[integration][plugin]") {
    PluginFolder folder;
    folder.write("README", "hello");
    folder.write("good.so.1", "hello");
    CHECK(folder.inspect().empty());
}

TEST_CASE("a symbolic link to a plugin is refused", "[integration][plugin]") {
    PluginFolder folder;
    PluginFolder elsewhere;
    fs::create_symlink(elsewhere.add("good"), folder.path() / "good.so");
    CHECK_THAT(folder.inspect_one().problem, Contains("is a symbolic link; put the plugin itself"));
}

TEST_CASE("a link that leads nowhere is refused", "[integration][plugin]") {
    PluginFolder folder;
    fs::create_symlink("/nowhere", folder.path() / "good.so");
    CHECK_THAT(folder.inspect_one().problem, Contains("is a symbolic link"));
}

TEST_CASE("a plugin that others can write is refused", "[integration][plugin]") {
    PluginFolder folder;
    const auto path = folder.add("good");
    const auto mode = GENERATE(0666, 0606);
    REQUIRE(::chmod(path.c_str(), static_cast<mode_t>(mode)) == 0);
    CHECK_THAT(folder.inspect_one().problem,
               Contains("can be written by everybody; close it with chmod o-w"));
}

TEST_CASE("a plugin in a folder that others can write is refused", "[integration][plugin]") {
    PluginFolder folder;
    folder.add("good");
    const auto mode = GENERATE(0777, 01777);
    REQUIRE(::chmod(folder.path().c_str(), static_cast<mode_t>(mode)) == 0);
    CHECK_THAT(folder.inspect_one().problem, Contains(folder.path().string() + " can be written"));
}

TEST_CASE(
    "a plugin below a folder that others can write is refused, unless they cannot rename in it",
    "[integration][plugin]") {
    PluginFolder outer;
    const auto inner = outer.path() / "inner";
    PluginFolder source;
    fs::create_directory(inner);
    REQUIRE(::chmod(inner.c_str(), 0755) == 0);
    fs::copy_file(source.add("good"), inner / "good.so");
    REQUIRE(::chmod(outer.path().c_str(), 0777) == 0);
    CHECK_THAT(cistern::inspect_plugins({inner}).front().problem,
               Contains("can be written by everybody"));
    REQUIRE(::chmod(outer.path().c_str(), 01777) == 0);
    CHECK(cistern::inspect_plugins({inner}).front().problem == "");
}

TEST_CASE("a plugin that belongs to somebody else is refused", "[integration][plugin]") {
    if (::geteuid() != 0) {
        cistern::test::skip("only root can give a file away");
    }
    PluginFolder folder;
    REQUIRE(::chown(folder.add("good").c_str(), 12345, 12345) == 0);
    CHECK_THAT(folder.inspect_one().problem, Contains("belongs to user 12345"));
}

TEST_CASE("a folder that cannot be searched is a report of its own", "[integration][plugin]") {
    PluginFolder folder;
    SECTION("missing") {
        const auto missing = folder.path() / "missing";
        const auto reports = cistern::inspect_plugins({missing});
        REQUIRE(reports.size() == 1);
        CHECK(reports.front().path == missing);
        CHECK_THAT(reports.front().problem,
                   Contains(missing.string() + ": there is no such folder; plugins.dir must name"));
    }
    SECTION("a file") {
        const auto reports = cistern::inspect_plugins({folder.write("x", "y")});
        REQUIRE(reports.size() == 1);
        CHECK_THAT(reports.front().problem, Contains("is no folder"));
    }
}
