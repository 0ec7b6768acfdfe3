#include "shell/completion.hpp"

#include "fake_session.hpp"
#include "shell/candidates_text.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <string>
#include <vector>

using namespace hive_query;
using namespace std::chrono_literals;

namespace {

using Words = std::vector<std::string>;

FakeStatement names(std::initializer_list<std::optional<std::string_view>> tables,
                    std::initializer_list<std::optional<std::string_view>> columns) {
    FakeStatement statement;
    statement.result.texts("TABLE_NAME", hive::Type::kString, tables);
    if (columns.size() > 0) {
        statement.result.texts("COLUMN_NAME", hive::Type::kString, columns);
    }
    return statement;
}

// A server with the table orders (id, ordered_on) and one whose name needs quotes.
struct Shop {
    Shop() {
        session.on_tables = [this] {
            ++asked;
            return names({"orders", "or\x1b[2Jder"}, {});
        };
        session.on_columns = [] { return names({"orders", "orders"}, {"id", "ordered_on"}); };
    }
    int asked = 0;
    FakeSession session{[](const std::string&) { return FakeStatement{}; }};
    Completion completion{1h};
};

}  // namespace

TEST_CASE("keywords are completed in the case they are typed in", "[unit][hive_query]") {
    Completion completion;
    CHECK(completion.words("SELEC", nullptr, "d").words == Words{"SELECT"});
    CHECK(completion.words("select distin", nullptr, "d").words == Words{"distinct"});
    CHECK(completion.words("", nullptr, "d").words.empty());
}

TEST_CASE("tables and columns are asked for once, until something changes", "[unit][hive_query]") {
    Shop shop;
    auto& completion = shop.completion;
    CHECK(completion.words("SELECT * FROM orde", &shop.session, "shop").words ==
          Words{"order", "ordered_on", "orders"});
    CHECK(shop.session.last_filter.schema == "shop");
    CHECK(completion.words("SELECT orders.", &shop.session, "shop").words ==
          Words{"id", "ordered_on"});
    CHECK(completion.words("FROM shop.or", &shop.session, "shop").words == Words{"orders"});
    CHECK(shop.asked == 1);
    completion.forget();
    (void)completion.words("ord", &shop.session, "shop");
    CHECK(shop.asked == 2);
}

TEST_CASE("names that need quotes are not offered", "[unit][hive_query]") {
    Shop shop;
    for (const std::string& word : shop.completion.words("or", &shop.session, "shop").words) {
        CHECK(word.find('\x1b') == std::string::npos);
    }
}

TEST_CASE("a server that is slow to tell is not waited for, and is heard later",
          "[unit][hive_query]") {
    Shop shop;
    Completion completion{0ms};
    std::promise<void> told;
    shop.session.on_tables = [&told] {
        told.get_future().wait();
        return names({"orders"}, {});
    };
    CHECK(completion.words("ORDE", &shop.session, "shop").words == Words{"ORDER"});
    told.set_value();
    completion.settle();
    CHECK(completion.words("ORDE", &shop.session, "shop").words ==
          Words{"ORDER", "ordered_on", "orders"});
}

TEST_CASE("a server that refuses to tell leaves the keywords", "[unit][hive_query]") {
    Shop shop;
    shop.session.on_tables = []() -> FakeStatement { throw hive::NotSupported{"no"}; };
    CHECK(shop.completion.words("ORDE", &shop.session, "shop").words == Words{"ORDER"});
}

TEST_CASE("commands, settings and formats are completed", "[unit][hive_query]") {
    Completion completion;
    CHECK(completion.words("!ta", nullptr, "d").words == Words{"!tables"});
    CHECK(completion.words("!set show", nullptr, "d").words == Words{"showHeader"});
    CHECK(completion.words("!outputformat jsonf", nullptr, "d").words == Words{"jsonfile"});
}

TEST_CASE("TAB adds what all candidates have in common", "[unit][hive_query]") {
    CHECK(insertion({2, {"orders"}}, "or") == "ders ");
    CHECK(insertion({2, {"ORDER", "orders"}}, "OR") == "DER");
    CHECK(insertion({5, {"order", "orders"}}, "order").empty());
    CHECK(insertion({1, {}}, "x").empty());
}

TEST_CASE("candidates are listed in columns", "[unit][hive_query]") {
    CHECK(list_text({"a", "bb", "ccc"}, 10) == "a    bb\nccc\n");
    CHECK(list_text({"wide"}, 1) == "wide\n");
    CHECK_THAT(list_text(Words(250, "w"), 80), Catch::Contains("... and 50 more\n"));
}
