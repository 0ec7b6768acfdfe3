#include "shell/history_file.hpp"

#include "support/test_folder.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>

#include <string>
#include <vector>

using namespace hive_query;

TEST_CASE("history comes back as it was typed, line ends and all", "[unit][hive_query]") {
    const cistern::test::TestFolder folder;
    const auto path = folder / "state/cistern/history";
    {
        HistoryFile history{path};
        CHECK(history.load().empty());
        history.append("SELECT\n  '\\n';");
        history.append("!tables");
        CHECK(history.can_write());
    }
    CHECK(HistoryFile{path}.load() == std::vector<std::string>{"SELECT\n  '\\n';", "!tables"});
}

TEST_CASE("only its owner can read the history", "[unit][hive_query]") {
    const cistern::test::TestFolder folder;
    const auto path = folder.write("history", "");
    ::chmod(path.c_str(), 0644);
    HistoryFile history{path};
    history.append("SELECT 1;");
    struct stat found {};
    REQUIRE(::stat(path.c_str(), &found) == 0);
    CHECK((found.st_mode & 0777) == 0600);
}

TEST_CASE("what may hold a secret is not kept", "[unit][hive_query]") {
    const cistern::test::TestFolder folder;
    HistoryFile history{folder / "history"};
    for (const char* const secret : {"SET x.Password=a;",
                                     "CREATE USER a IDENTIFIED BY 'b';",
                                     "SET fs.s3a.secret.key=a;",
                                     "set fs.s3a.access.key = a;",
                                     "!connect jdbc:hive2://a:1/ ada geheim",
                                     "!connect jdbc:hive2://ada:geheim@a:1/",
                                     "!connect jdbc:hive2://a:1/;pwd=geheim"}) {
        INFO(secret);
        CHECK(may_hold_secret(secret));
        history.append(secret);
    }
    CHECK_FALSE(may_hold_secret("!connect jdbc:hive2://a:1/d"));
    CHECK_FALSE(may_hold_secret("!connect @warehouse"));
    CHECK_FALSE(may_hold_secret("SELECT 1;"));
    CHECK(history.load().empty());
}

TEST_CASE("a history that has grown long is cut", "[unit][hive_query]") {
    const cistern::test::TestFolder folder;
    std::string text;
    for (int i = 0; i < 3000; ++i) {
        text += std::to_string(i) + "\n";
    }
    const auto path = folder.write("history", text);
    CHECK(HistoryFile{path}.load().size() == 1000);
    const auto entries = HistoryFile{path}.load();
    REQUIRE(entries.size() == 1000);
    CHECK(entries.back() == "2999");
}

TEST_CASE("a history that cannot be written keeps nothing and harms nobody", "[unit][hive_query]") {
    HistoryFile history{"/proc/nowhere/history"};
    history.append("SELECT 1;");
    CHECK_FALSE(history.can_write());
    CHECK(history.load().empty());
    HistoryFile none{{}};
    none.append("SELECT 1;");
    CHECK(none.load().empty());
}
