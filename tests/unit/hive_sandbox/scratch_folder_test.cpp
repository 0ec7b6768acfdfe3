#include "sql/scratch_folder.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <optional>

using namespace sandbox;
namespace fs = std::filesystem;

TEST_CASE("a scratch folder goes with its owner, whatever is in it", "[unit][hive_sandbox]") {
    std::optional<ScratchFolder> folder{std::in_place};
    const fs::path path = folder->path();
    fs::create_directory(path / "inner");
    std::ofstream{path / "inner" / "file"} << "x";
    folder.reset();
    CHECK_FALSE(fs::exists(path));
}

TEST_CASE("what a killed owner left is taken away, what is in use is not", "[unit][hive_sandbox]") {
    const ScratchFolder parent;
    const ScratchFolder in_use{parent.path()};
    const fs::path abandoned = parent.path() / "hive-sandbox-gone";
    const fs::path beginning = parent.path() / "hive-sandbox-new";
    const fs::path foreign = parent.path() / "other-folder";
    for (const fs::path& path : {abandoned, beginning, foreign}) {
        fs::create_directory(path);
    }
    std::ofstream{abandoned / "lock"}.flush();
    std::ofstream{foreign / "lock"}.flush();

    const ScratchFolder next{parent.path()};
    CHECK_FALSE(fs::exists(abandoned));
    CHECK(fs::exists(in_use.path()));
    CHECK(fs::exists(beginning));
    CHECK(fs::exists(foreign));
}
