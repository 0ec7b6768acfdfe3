#include "shell/paged_output.hpp"

#include "capture.hpp"
#include "support/test_folder.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

using namespace hive_query;

namespace {

// A screen of five lines, and a pager that writes what it is shown into a file.
struct Screen {
    Screen() { output.page_by("cat > " + file()); }
    [[nodiscard]] std::string file() const { return folder / "paged"; }
    [[nodiscard]] std::string paged() const {
        std::ostringstream text;
        text << std::ifstream{file()}.rdbuf();
        return text.str();
    }
    cistern::test::TestFolder folder;
    Capture shown;
    PagedOutput output{shown.descriptor(), [] { return std::size_t{5}; }};
};

}  // namespace

TEST_CASE("what fits on the screen is not paged", "[unit][hive_query]") {
    Screen screen;
    for (int i = 0; i < 2; ++i) {
        screen.output.write("1\n2\n3\n");
        screen.output.flush();
        CHECK(screen.shown.text().size() == static_cast<std::size_t>(i) * 6);
        screen.output.finish();
    }
    CHECK(screen.shown.text() == "1\n2\n3\n1\n2\n3\n");
    CHECK(screen.paged().empty());
}

TEST_CASE("what is longer than the screen is paged, all of it", "[unit][hive_query]") {
    Screen screen;
    screen.output.write("1\n2\n");
    screen.output.flush();
    screen.output.write("3\n4\n");
    screen.output.flush();
    screen.output.write("5\n");
    screen.output.finish();
    CHECK(screen.paged() == "1\n2\n3\n4\n5\n");
    CHECK(screen.shown.text().empty());
    screen.output.write("next\n");
    screen.output.finish();
    CHECK(screen.shown.text() == "next\n");
}

TEST_CASE("a pager that is left early closes the output of this result only",
          "[unit][hive_query]") {
    std::signal(SIGPIPE, SIG_IGN);
    Screen screen;
    screen.output.page_by("exec true");
    const auto write_much = [&screen] {
        for (int i = 0; i < 100; ++i) {
            screen.output.write(std::string(10'000, 'x') + "\n");
            screen.output.flush();
        }
    };
    CHECK_THROWS_AS(write_much(), OutputClosed);
    screen.output.finish();
    screen.output.write("next\n");
    screen.output.finish();
    CHECK(screen.shown.text() == "next\n");
}

TEST_CASE("the pager is the option's, $PAGER's, or less", "[unit][hive_query]") {
    ::unsetenv("PAGER");
    CHECK_THAT(pager_command(""), Catch::Contains("less -S"));
    ::setenv("PAGER", "more", 1);
    CHECK(pager_command("") == "more");
    CHECK(pager_command("most") == "most");
    CHECK(pager_command("off").empty());
    ::unsetenv("PAGER");
}
