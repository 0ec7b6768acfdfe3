#include "options.hpp"

#include "help.hpp"
#include "option_names.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

using namespace hive_query;
using Arguments = std::vector<std::string>;

namespace {

std::string usage_error(const Arguments& arguments) {
    try {
        (void)parse_options(arguments);
    } catch (const UsageError& error) {
        return error.what();
    }
    return "no error";
}

}  // namespace

TEST_CASE("a value may follow its option or be joined to it", "[unit][hive_query]") {
    CHECK(parse_options({"-u", "jdbc:hive2://h:1/d"}).url == "jdbc:hive2://h:1/d");
    CHECK(parse_options({"-ujdbc:hive2://h:1/d"}).url == "jdbc:hive2://h:1/d");
    CHECK(parse_options({"--pool-size", "3"}).pool_size == 3U);
    CHECK(parse_options({"--pool-size=3"}).pool_size == 3U);
    CHECK(parse_options({"--hiveconf", "a=b=c"}).hiveconf.at("a") == "b=c");
    CHECK(parse_options({"--hiveconf=a=b=c"}).hiveconf.at("a") == "b=c");
    CHECK(parse_options({"--outputformat=csv2"}).format.format == Format::kCsv);
}

TEST_CASE("options that may be repeated keep their order", "[unit][hive_query]") {
    CHECK(parse_options({"-e", "a", "--silent", "-e", "b"}).statements == Arguments{"a", "b"});
    CHECK(parse_options({"-i", "a", "-i", "b"}).init_files == Arguments{"a", "b"});
    CHECK(parse_options({"-f", "a", "-f", "-"}).files == Arguments{"a", "-"});
    const Options options =
        parse_options({"--hivevar", "a=1", "--hivevar", "b=", "--hivevar", "a=2"});
    CHECK(options.hivevar == std::map<std::string, std::string>{{"a", "2"}, {"b", ""}});
}

TEST_CASE("a value may look like anything, an option too", "[unit][hive_query]") {
    CHECK(parse_options({"-e", "-- a comment"}).statements == Arguments{"-- a comment"});
    CHECK(parse_options({"-e", "--silent"}).statements == Arguments{"--silent"});
    CHECK(parse_options({"-e", "[1,2]"}).statements == Arguments{"[1,2]"});
    CHECK(parse_options({"-e", ""}).statements == Arguments{""});
    CHECK(parse_options({"-n", ""}).user.empty());
    CHECK(parse_options({"-p", "[a,b]"}).password == "[a,b]");
    CHECK(parse_options({"-p", "", "-e", "x"}).password == "");
    CHECK(parse_options({"-p-dash"}).password == "-dash");
    CHECK_FALSE(parse_options({"-e", "--silent"}).silent);
}

TEST_CASE("beeline's ways to say true and false are understood", "[unit][hive_query]") {
    CHECK(parse_options({}).format.show_header);
    CHECK_FALSE(parse_options({"--showHeader=false"}).format.show_header);
    CHECK_FALSE(parse_options({"--showHeader", "false"}).format.show_header);
    CHECK(parse_options({"--showHeader"}).format.show_header);
    CHECK(parse_options({"--silent=true"}).silent);
    CHECK_FALSE(parse_options({"--silent=false"}).silent);
    CHECK(parse_options({"--force", "true", "--verbose"}).force);
    CHECK(parse_options({"--nullemptystring=true"}).format.null_as_empty);
    CHECK(usage_error({"--silent=maybe"}) != "no error");
}

TEST_CASE("the option -p without a password asks for one", "[unit][hive_query]") {
    CHECK(parse_options({"-p"}).ask_password);
    const Options options = parse_options({"-p", "-e", "x"});
    CHECK(options.ask_password);
    CHECK(options.statements == Arguments{"x"});
    CHECK_FALSE(parse_options({"-p", "secret"}).ask_password);
}

TEST_CASE("formats go by our names and by beeline's", "[unit][hive_query]") {
    const std::vector<std::pair<std::string, Format>> expected = {
        {"table", Format::kTable},
        {"csv", Format::kCsv},
        {"csv2", Format::kCsv},
        {"tsv", Format::kTsv},
        {"tsv2", Format::kTsv},
        {"json", Format::kJson},
        {"jsonl", Format::kJsonLines},
        {"jsonfile", Format::kJsonLines},
        {"arrow", Format::kArrow},
        {"arrow-ns", Format::kArrowNanoseconds},
        {"vertical", Format::kVertical},
    };
    for (const auto& [name, format] : expected) {
        CHECK(parse_options({"--format", name}).format.format == format);
        CHECK(parse_options({"--outputformat", name}).format.format == format);
    }
}

TEST_CASE("what is wrong is named, and what would be right", "[unit][hive_query]") {
    const std::vector<std::pair<Arguments, std::string>> expected = {
        {{"--slient"}, "unknown option --slient: did you mean --silent?"},
        {{"--show-header=false"}, "unknown option --show-header: did you mean --showHeader?"},
        {{"--zzzzzzzzzzzz"}, "hive-query --help"},
        {{"-a", "x"}, "auth=noSasl"},
        {{"--password", "x"}, "use -p"},
        {{"-x"}, "unknown option -x"},
        {{"SELECT 1"}, "-e"},
        {{"-e"}, "option -e needs a value"},
        {{"--format", "csvv"}, "did you mean csv?"},
        {{"--format=xml"}, "'xml' is none of table, csv"},
        {{"--delimiterForDSV", "||"}, "'||' is not one character"},
        {{"--delimiterForDSV", "\""}, "could stand between values"},
        {{"--progress=sometimes"}, "auto, always, never"},
        {{"--workers", "0"}, "from 1 to"},
        {{"--workers=-3"}, "from 1 to"},
        {{"--repeat", "many"}, "'many'"},
        {{"--fetch-size", "1e3"}, "'1e3'"},
        {{"--fetch-size", "2000000000"}, "from 1 to 1,000,000,000"},
        {{"--hiveconf", "novalue"}, "NAME=VALUE"},
        {{"--hivevar", "=x"}, "NAME=VALUE"},
        {{"--timeout", "soon"}, "soon"},
        {{"-e", "x", "-f", "y"}, "-e or -f"},
        {{"-p", "x", "-w", "y"}, "-p or -w"},
        {{"--pool", "a"}, "--conf FILE"},
        {{"--conf", "a", "-u", "b"}, "pool.NAME.hive.url"},
        {{"--conf", "a", "--hivevar", "b=c"}, "pool.NAME.hive.var.KEY"},
    };
    for (const auto& [arguments, part] : expected) {
        CAPTURE(arguments);
        CHECK_THAT(usage_error(arguments), Catch::Contains(part));
    }
}

TEST_CASE("options of beeline that change nothing are taken with a warning", "[unit][hive_query]") {
    const Options options = parse_options({"-d",
                                           "org.apache.hive.jdbc.HiveDriver",
                                           "--incremental=true",
                                           "--color",
                                           "--maxWidth",
                                           "80",
                                           "-e",
                                           "x"});
    CHECK(options.warnings.size() == 4);
    CHECK(options.statements == Arguments{"x"});
}

TEST_CASE("the file that CISTERN_CONF names counts as --conf", "[unit][hive_query]") {
    ::setenv("CISTERN_CONF", "named.properties", 1);
    CHECK(parse_options({"--pool", "a"}).conf_file == "named.properties");
    CHECK_THAT(usage_error({"-n", "ada"}), Catch::Contains("$CISTERN_CONF"));
    CHECK(parse_options({"--conf", "given.properties"}).conf_file == "given.properties");
    CHECK(parse_options({"-u", "jdbc:hive2://h:1/d", "-n", "ada"}).conf_file.empty());
    ::setenv("CISTERN_CONF", "", 1);
    CHECK(parse_options({"-n", "ada"}).conf_file.empty());
    CHECK_THAT(usage_error({"--pool", "a"}), Catch::Contains("--conf FILE"));
    ::unsetenv("CISTERN_CONF");
}

TEST_CASE("durations carry a unit", "[unit][hive_query]") {
    CHECK(parse_options({"--timeout", "30s"}).timeout == std::chrono::seconds{30});
    CHECK(parse_options({"--timeout=10min"}).timeout == std::chrono::minutes{10});
    CHECK(parse_options({}).timeout == std::chrono::seconds{0});
}

TEST_CASE("the help names every option", "[unit][hive_query]") {
    for (const char* const name : {"-u URL",
                                   "-n USER",
                                   "--password-file",
                                   "-p [PASSWORD]",
                                   "--hiveconf",
                                   "--hivevar",
                                   "--fetch-size",
                                   "--connect-timeout",
                                   "--pool-size",
                                   "--plugins-dir",
                                   "--conf",
                                   "--pool",
                                   "-e STATEMENT",
                                   "-f FILE",
                                   "-i FILE",
                                   "--force",
                                   "--timeout",
                                   "--workers",
                                   "--repeat",
                                   "--format",
                                   "--outputformat",
                                   "--showHeader",
                                   "--nullemptystring",
                                   "--convertBinaryArrayToString",
                                   "--log",
                                   "--progress",
                                   "--stats",
                                   "--silent",
                                   "--verbose",
                                   "--help",
                                   "--version"}) {
        CAPTURE(name);
        CHECK(help_text().find(name) != std::string_view::npos);
    }
    CHECK(parse_options({"--help"}).help);
    CHECK(parse_options({"-h"}).help);
    CHECK(parse_options({"--version"}).version);
}
