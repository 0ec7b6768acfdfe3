#include "url_secrets.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace hive_query;

TEST_CASE("a URL is shown without its passwords", "[unit][hive_query]") {
    const std::vector<std::pair<std::string, std::string>> expected = {
        {"jdbc:hive2://h:1/d", "jdbc:hive2://h:1/d"},
        {"jdbc:hive2://h:1/d;user=u;password=p;auth=x",
         "jdbc:hive2://h:1/d;user=u;password=***;auth=x"},
        {"jdbc:hive2://h:1/d;Password=p", "jdbc:hive2://h:1/d;Password=***"},
        {"jdbc:hive2://h:1/d;trustStorePassword=p;ssl=true",
         "jdbc:hive2://h:1/d;trustStorePassword=***;ssl=true"},
        {"jdbc:hive2://h:1/d;a=b?my.password=p#x=y", "jdbc:hive2://h:1/d;a=b?my.password=***"},
        {"jdbc:hive2://h:1/d;password=", "jdbc:hive2://h:1/d;password=***"},
        {"jdbc:hive2://h:1/d;password=p?q#r;x=y", "jdbc:hive2://h:1/d;password=***;x=y"},
        {"jdbc:hive2://bob:S3cret@h:1/d", "jdbc:hive2://***@h:1/d"},
        {"jdbc:hive2://bob:S3/c@rt@h:1/d;password=p", "jdbc:hive2://***@h:1/d;password=***"},
        {"jdbc:hive2://bob:a;b#c@h:1/d;x=y", "jdbc:hive2://***@h:1/d;x=y"},
        {"jdbc:hive2://h:1/d;user=bob@corp?a=b@c", "jdbc:hive2://h:1/d;user=bob@corp?a=b@c"},
        {"jdbc:hive2://h:1/d?a=b@c", "jdbc:hive2://h:1/d?a=b@c"},
        {"jdbc:hive2://h:1;user=bob@corp", "jdbc:hive2://h:1;user=bob@corp"},
        {"", ""},
    };
    for (const auto& [url, shown] : expected) {
        CHECK(without_secrets(url) == shown);
    }
}

TEST_CASE("passwords among the arguments are overwritten in place", "[unit][hive_query]") {
    std::vector<std::string> texts = {"hive-query",
                                      "-u",
                                      "jdbc:hive2://h:1/d;password=abc;x=y",
                                      "-u",
                                      "jdbc:hive2://bob:abc@h:1/d",
                                      "-p",
                                      "secret",
                                      "-pjoined",
                                      "-n",
                                      "ada",
                                      "-p",
                                      "-e"};
    std::vector<char*> arguments;
    for (std::string& text : texts) {
        arguments.push_back(text.data());
    }
    overwrite_secrets(static_cast<int>(arguments.size()), arguments.data());
    CHECK(texts == std::vector<std::string>{"hive-query",
                                            "-u",
                                            "jdbc:hive2://h:1/d;password=***;x=y",
                                            "-u",
                                            "jdbc:hive2://*******@h:1/d",
                                            "-p",
                                            "******",
                                            "-p******",
                                            "-n",
                                            "ada",
                                            "-p",
                                            "-e"});
}
