#include "sandbox.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <string>
#include <utility>

namespace {

std::string pool_at(const std::string& url, const std::string& more = {}) {
    return "pools = warehouse\n"
           "pool.warehouse.plugin = hive\n"
           "pool.warehouse.max_size = 3\n"
           "pool.warehouse.hive.url = " +
           url + "\n" + more;
}

constexpr const char* kNobody = "jdbc:hive2://127.0.0.1:1/d;auth=noSasl";

}  // namespace

TEST_CASE("plugins are listed with what became of them", "[integration][programs]") {
    const Ended fine = run(CISTERNCTL, {"plugins"});
    CHECK(fine.status == 0);
    CHECK_THAT(fine.out, Catch::Contains("loaded") && Catch::Contains("hive.so"));

    const TestFolder folder;
    folder.write("broken.so", "this is no plugin");
    const Ended refused = run(CISTERNCTL, {"plugins", (folder / "").string()});
    CHECK(refused.status == 1);
    CHECK_THAT(refused.out, Catch::Contains("refused"));
    const std::string reason = refused.out.substr(refused.out.find("\n\n"));
    CHECK_THAT(reason, Catch::Contains("broken.so: "));
    CHECK(reason.find("broken.so") == reason.rfind("broken.so"));
    CHECK_THAT(run(CISTERNCTL, {"plugins", (folder / "").string(), "--format", "json"}).out,
               Catch::Contains("\"usable\":false"));
}

TEST_CASE("a plugin that lost its seal is listed as such", "[integration][programs]") {
    std::ifstream file{ECHO_PLUGIN, std::ios::binary};
    const std::string whole{std::istreambuf_iterator<char>{file}, {}};
    const auto seal = whole.rfind("\ncistern-seal ");
    REQUIRE(seal != std::string::npos);
    const TestFolder folder;
    folder.write("plugins/echo.so", whole);
    const Ended sealed = run(CISTERNCTL, {"plugins", folder / "plugins"});
    CHECK(sealed.status == 0);
    CHECK_THAT(sealed.out, Catch::Contains("loaded") && !Catch::Contains("no seal"));
    folder.write("plugins/echo.so", whole.substr(0, seal));
    const Ended bare = run(CISTERNCTL, {"plugins", folder / "plugins"});
    CHECK(bare.status == 0);
    CHECK_THAT(bare.out, Catch::Contains("loaded, no seal"));
    CHECK_THAT(run(CISTERNCTL, {"plugins", folder / "plugins", "--format", "json"}).out,
               Catch::Contains("\"sealed\":false"));
}

TEST_CASE("JSON holds a path as it is", "[integration][programs]") {
    const TestFolder folder;
    folder.write("tab\t\"quote\".so", "this is no plugin");
    CHECK_THAT(run(CISTERNCTL, {"plugins", (folder / "").string(), "--format", "json"}).out,
               Catch::Contains("tab\\t\\\"quote\\\".so\","));
}

TEST_CASE("a right file is called ok, by its name", "[integration][programs]") {
    const TestFolder folder;
    const std::string file = folder.write("a.properties", pool_at(kNobody));
    const Ended ended = run(CISTERNCTL, {"check", file});
    CHECK(ended.status == 0);
    CHECK(ended.out == "ok: " + file + "\n");
    CHECK(run(CISTERNCTL, {"check"}, {}, {"CISTERN_CONF=" + file}).status == 0);
}

TEST_CASE("every problem of a file is printed", "[integration][programs]") {
    const TestFolder folder;
    const std::string file = folder.write(
        "a.properties",
        pool_at(kNobody, "pool.warehouse.max_sise = 4\npool.warehouse.min_idle = many\n"));
    const Ended ended = run(CISTERNCTL, {"check", file});
    CHECK(ended.status == 1);
    CHECK_THAT(ended.out, Catch::Contains("max_sise") && Catch::Contains("max_size"));
    CHECK_THAT(ended.out, Catch::Contains("many") && Catch::Contains("2 problems"));
}

TEST_CASE("a list of pools may come from the environment", "[integration][programs]") {
    const TestFolder folder;
    const std::string text = pool_at(kNobody);
    const std::string file =
        folder.write("a.properties", "pools = ${env:POOLS}" + text.substr(text.find('\n')));
    const Ended ended = run(CISTERNCTL, {"check", file}, {}, {"POOLS=warehouse"});
    CHECK(ended.out == "ok: " + file + "\n");
}

TEST_CASE("what a file or a server says cannot move the cursor", "[integration][programs]") {
    const TestFolder folder;
    const std::string file =
        folder.write("a.properties", pool_at(kNobody, "pool.warehouse.a\x1b[2J = 1\n"));
    for (const Ended& ended : {run(CISTERNCTL, {"check", file}),
                               run(CISTERNCTL, {"stats", "--conf", file}),
                               run(CISTERNCTL, {"stats", "--conf", "/no/\x1b[2J"})}) {
        CHECK(ended.status == 1);
        CHECK_THAT(ended.out + ended.errors,
                   Catch::Contains("\\x1b[2J") && !Catch::Contains("\x1b"));
    }
}

TEST_CASE("options that would change nothing are refused", "[integration][programs]") {
    using Case = std::pair<Process::Texts, std::string>;
    for (const auto& [arguments, answer] :
         {Case{{"ping", "--format", "json"}, "--format goes with plugins and stats"},
          Case{{"check", "--format=json"}, "--format goes with plugins and stats"},
          Case{{"check", "--timeout", "1s"}, "--timeout goes with ping and stats"},
          Case{{"plugins", "--conf", "x"}, "--conf goes with check, ping and stats"}}) {
        const Ended ended = run(CISTERNCTL, arguments);
        CHECK(ended.status == 1);
        CHECK_THAT(ended.errors, Catch::Contains(answer));
    }
}

TEST_CASE("a ping says how long a connection took, or why there is none",
          "[integration][programs]") {
    const Sandbox server;
    const TestFolder folder;
    const std::string file = folder.write("a.properties", pool_at(server.url()));
    const Ended ended = run(CISTERNCTL, {"ping", "--conf", file, "warehouse"});
    CHECK(ended.status == 0);
    CHECK_THAT(ended.out, Catch::StartsWith("warehouse: ok, a connection of hive in "));

    const std::string dead = folder.write("b.properties", pool_at(kNobody));
    const Ended refused = run(CISTERNCTL, {"ping", "--conf", dead});
    CHECK(refused.status == 1);
    CHECK_THAT(
        refused.out,
        Catch::Contains("warehouse: no connection after ") && Catch::Contains("127.0.0.1:1"));

    const Ended unknown = run(CISTERNCTL, {"ping", "--conf", file, "warehaus"});
    CHECK(unknown.status == 1);
    CHECK_THAT(unknown.errors, Catch::Contains("warehouse"));
}

TEST_CASE("statistics come as text, as JSON and for Prometheus", "[integration][programs]") {
    const Sandbox server;
    const TestFolder folder;
    const std::string file =
        folder.write("a.properties", pool_at(server.url(), "pool.warehouse.min_idle = 2\n"));
    const Ended text = run(CISTERNCTL, {"stats", "--conf", file});
    CHECK(text.status == 0);
    CHECK_THAT(text.out, Catch::Contains("pool \"warehouse\": 1 lease over "));
    const Ended json = run(CISTERNCTL, {"stats", "--conf", file, "--format=json", "warehouse"});
    CHECK(json.status == 0);
    CHECK_THAT(json.out,
               Catch::Contains("\"pool\":\"warehouse\"") && Catch::Contains("\"acquired\":1,") &&
                   Catch::Contains("\"connect_time_p99_ns\":"));
    const Ended metrics = run(CISTERNCTL, {"stats", "--conf", file, "--format", "openmetrics"});
    CHECK(metrics.status == 0);
    CHECK_THAT(metrics.out,
               Catch::StartsWith("# TYPE db_client_connection_count gauge\n") &&
                   Catch::Contains(
                       "cistern_leases_total{db_client_connection_pool_name=\"warehouse\"} 1\n") &&
                   Catch::EndsWith("# EOF\n"));
}

TEST_CASE("what is misspelt is answered with the nearest name", "[integration][programs]") {
    CHECK_THAT(run(CISTERNCTL, {"plugin"}).errors, Catch::Contains("did you mean plugins?"));
    CHECK_THAT(run(CISTERNCTL, {"check", "--cnf", "x"}).errors,
               Catch::Contains("did you mean --conf?"));
    CHECK(run(CISTERNCTL, {"plugin"}).status == 1);
    CHECK_THAT(run(CISTERNCTL, {"stats", "--format", "xml"}).errors, Catch::Contains("'xml'"));
}

TEST_CASE("every command has its help", "[integration][programs]") {
    for (const char* const command : {"plugins", "check", "ping", "stats"}) {
        const Ended ended = run(CISTERNCTL, {command, "--help"});
        CHECK(ended.status == 0);
        CHECK_THAT(ended.out, Catch::StartsWith(std::string{"cisternctl "} + command));
    }
    CHECK_THAT(run(CISTERNCTL, {"--help"}).out, Catch::Contains("Exit status"));
    CHECK_THAT(run(CISTERNCTL, {"--version"}).out, Catch::StartsWith("cisternctl "));
}
