#include "sandbox.hpp"

#include <catch2/catch.hpp>

#include <signal.h>

#include <string>

TEST_CASE("rows of -e come out on standard output, all else on standard error",
          "[integration][programs]") {
    const Sandbox server;
    const Ended ended = query(server, {"-e", "SELECT 1 AS a, 'x' AS b"});
    CHECK(ended.status == 0);
    CHECK(ended.out ==
          "+---+---+\n"
          "| a | b |\n"
          "+---+---+\n"
          "| 1 | x |\n"
          "+---+---+\n");
    CHECK_THAT(ended.errors, Catch::Contains("1 row selected ("));
}

TEST_CASE("all statements of a script run in one session", "[integration][programs]") {
    const Sandbox server;
    const TestFolder folder;
    const std::string init =
        folder.write("init.sql", "CREATE TABLE t (a INT, b STRING);\nSELECT 'hidden';");
    const std::string script = folder.write(
        "script.sql",
        "-- rows; two\nINSERT INTO t VALUES (1, 'a;b'), (2, NULL);\nSELECT * FROM t ORDER BY a");
    const Ended ended = query(server, {"-i", init, "-f", script, "--format", "csv", "--silent"});
    CHECK(ended.errors.empty());
    CHECK(ended.status == 0);
    CHECK_THAT(ended.out, Catch::Contains("\n1,a;b\n2,NULL\n"));
    CHECK_THAT(ended.out, !Catch::Contains("hidden"));
}

TEST_CASE("standard input is a script too", "[integration][programs]") {
    const Sandbox server;
    const std::string text = "SELECT 1 AS a;\nSELECT 2 AS a;\n";
    CHECK(query(server, {"--format=tsv", "--showHeader=false"}, text).out == "1\n2\n");
    CHECK(query(server, {"-f", "-", "--format=tsv", "--showHeader=false"}, text).out == "1\n2\n");
}

TEST_CASE("variables and settings reach the session", "[integration][programs]") {
    const Sandbox server;
    const Ended ended = query(
        server,
        {"--hivevar", "x=5", "--format", "csv", "--silent", "-e", "SELECT ${hivevar:x} AS a"});
    CHECK(ended.errors.empty());
    CHECK(ended.out == "a\n5\n");
}

TEST_CASE("a statement that fails is status 2, with place, state and code",
          "[integration][programs]") {
    const Sandbox server;
    const TestFolder folder;
    const std::string script =
        folder.write("report.sql", "SELECT 1;\n\nSELECT *\nFROM nowhere;\nSELECT 3 AS three;");
    const Ended ended = query(server, {"-f", script, "--format", "csv", "--silent"});
    CHECK(ended.status == 2);
    CHECK_THAT(ended.errors, Catch::StartsWith(script + ":3: Error: "));
    CHECK_THAT(ended.errors, Catch::Contains("(state=42S02,code="));
    CHECK_THAT(ended.out, !Catch::Contains("three"));

    const Ended forced = query(server, {"-f", script, "--format", "csv", "--silent", "--force"});
    CHECK(forced.status == 2);
    CHECK_THAT(forced.out, Catch::Contains("three"));
}

TEST_CASE("a stack trace of the server is shown only when asked for", "[integration][programs]") {
    const Sandbox server{{"--fault", "stack-trace"}};
    const Ended brief = query(server, {"-e", "SELECT * FROM nowhere"});
    CHECK(brief.status == 2);
    CHECK_THAT(brief.errors, !Catch::Contains("\n\tat ") && !Catch::Contains("\\tat "));
    const Ended verbose = query(server, {"--verbose", "-e", "SELECT * FROM nowhere"});
    CHECK(verbose.errors.size() > brief.errors.size() + 100);
}

TEST_CASE("a server that is not there is status 1, soon", "[integration][programs]") {
    const Ended ended =
        run(HIVE_QUERY,
            {"-u", "jdbc:hive2://127.0.0.1:1/d;auth=noSasl;password=geheim", "-e", "SELECT 1"});
    CHECK(ended.status == 1);
    CHECK_THAT(ended.errors,
               Catch::Contains("127.0.0.1:1") && Catch::Contains("Is the server running"));
    CHECK_THAT(ended.errors, !Catch::Contains("geheim"));
}

TEST_CASE("a wrong password is status 1 and names the options for it", "[integration][programs]") {
    const TestFolder folder;
    const std::string right = folder.write("right", "secret\n");
    const std::string wrong = folder.write("wrong", "geheim\n");
    const Sandbox server{{"--auth", "custom", "--user", "ada", "--password-file", right}};
    const auto login = [&](const std::string& file) {
        return run(HIVE_QUERY,
                   {"-u", server.url(""), "-n", "ada", "-w", file, "--silent", "-e", "SELECT 1"});
    };
    CHECK(login(right).status == 0);
    const Ended refused = login(wrong);
    CHECK(refused.status == 1);
    CHECK_THAT(refused.errors, Catch::Contains("-w FILE") && !Catch::Contains("geheim"));
    const Process::Texts arguments = {"-u", server.url(""), "-n", "ada", "-e", "SELECT 1"};
    CHECK(run(HIVE_QUERY, arguments, {}, {"HIVE_QUERY_PASSWORD=secret"}).status == 0);
}

TEST_CASE("what is wrong with the call is status 1 before any connection",
          "[integration][programs]") {
    const std::string url = "jdbc:hive2://127.0.0.1:1/d";
    const auto errors = [](const Process::Texts& arguments) {
        const Ended ended = run(HIVE_QUERY, arguments);
        CHECK(ended.status == 1);
        return ended.errors;
    };
    CHECK_THAT(errors({"-u", url, "--slient"}), Catch::Contains("--silent"));
    CHECK_THAT(errors({"-u", url, "-e", "SELECT 'x"}), Catch::Contains("-e:1: "));
    CHECK_THAT(errors({"-e", "SELECT 1"}), Catch::Contains("-u jdbc:hive2://"));
    CHECK_THAT(errors({"-u", "http://x", "-e", "SELECT 1"}), Catch::Contains("jdbc:hive2://"));
    CHECK_THAT(errors({"-u", url, "--plugins-dir", "/nowhere", "-e", "SELECT 1"}),
               Catch::Contains("/nowhere"));
    CHECK_THAT(errors({"--conf", "/nowhere/x.properties", "-e", "SELECT 1"}),
               Catch::Contains("/nowhere/x.properties"));
}

TEST_CASE("help and version go to standard output", "[integration][programs]") {
    CHECK_THAT(run(HIVE_QUERY, {"--help"}).out, Catch::Contains("Exit status"));
    CHECK_THAT(run(HIVE_QUERY, {"--version"}).out, Catch::StartsWith("hive-query "));
    CHECK(run(HIVE_QUERY, {"--help"}).status == 0);
}

TEST_CASE("the password is not to be seen in the list of processes", "[integration][programs]") {
    const Sandbox server{{"--auth", "none"}};
    Process process{HIVE_QUERY,
                    {"-u",
                     server.url(";password=geheim1"),
                     "-n",
                     "ada",
                     "-p",
                     "geheim2",
                     "--progress",
                     "always",
                     "-e",
                     "SELECT sandbox_sleep(60000)"}};
    REQUIRE(process.await_error("running"));
    std::ifstream file{"/proc/" + std::to_string(process.id()) + "/cmdline"};
    const std::string line{std::istreambuf_iterator<char>{file}, {}};
    CHECK_THAT(line, Catch::Contains("ada"));
    CHECK_THAT(line, !Catch::Contains("geheim"));
}

TEST_CASE("workers share the pool of a properties file", "[integration][programs]") {
    const Sandbox server;
    const TestFolder folder;
    const std::string conf = folder.write("cistern.properties",
                                          "pools = warehouse\n"
                                          "pool.warehouse.plugin = hive\n"
                                          "pool.warehouse.max_size = 3\n"
                                          "pool.warehouse.hive.url = " +
                                              server.url() + "\n");
    const Ended ended =
        run(HIVE_QUERY,
            {"--conf", conf, "--workers", "8", "--repeat", "40", "--stats", "-e", "SELECT 1"});
    CHECK(ended.status == 0);
    CHECK(ended.out.empty());
    CHECK_THAT(ended.errors, Catch::Contains("8 workers: 40 runs, 40 statements, 40 rows"));
    CHECK_THAT(ended.errors, Catch::Contains("pool \"warehouse\": 40 leases over 3 connections"));
}

TEST_CASE("a worker without a connection does not hide a statement that failed",
          "[integration][programs]") {
    const Sandbox server;
    const TestFolder folder;
    const std::string conf = folder.write("cistern.properties",
                                          "pools = warehouse\n"
                                          "pool.warehouse.plugin = hive\n"
                                          "pool.warehouse.max_size = 1\n"
                                          "pool.warehouse.acquire_timeout = 500ms\n"
                                          "pool.warehouse.hive.url = " +
                                              server.url() + "\n");
    const Ended ended = run(HIVE_QUERY,
                            {"--conf",
                             conf,
                             "--workers",
                             "2",
                             "-e",
                             "SELECT sandbox_sleep(2000); SELECT * FROM nowhere"});
    CHECK(ended.status == 2);
    CHECK_THAT(ended.errors, Catch::Contains("no connection") && Catch::Contains("42S02"));
}

TEST_CASE("the environment may name the properties file", "[integration][programs]") {
    const Sandbox server;
    const TestFolder folder;
    const std::string conf = folder.write("cistern.properties",
                                          "pools = warehouse\n"
                                          "pool.warehouse.plugin = hive\n"
                                          "pool.warehouse.hive.url = " +
                                              server.url() + "\n");
    const Process::Texts arguments = {"--pool", "warehouse", "--silent", "-e", "SELECT 1"};
    CHECK(run(HIVE_QUERY, arguments, {}, {"CISTERN_CONF=" + conf}).status == 0);
    const Ended unset = run(HIVE_QUERY, {"-e", "SELECT 1"}, {}, {"CISTERN_CONF="});
    CHECK(unset.status == 1);
    CHECK_THAT(unset.errors, Catch::Contains("-u jdbc:hive2://"));
}

TEST_CASE("@NAME connects as the person's own file says", "[integration][programs]") {
    const Sandbox server;
    const TestFolder home;
    home.write("cistern/connections.properties",
               "pools = warehouse\npool.warehouse.plugin = hive\npool.warehouse.hive.url = " +
                   server.url() + "\n");
    const Ended ended = run(HIVE_QUERY,
                            {"@warehouse", "--format", "csv", "-e", "SELECT 1 AS a"},
                            {},
                            {"XDG_CONFIG_HOME=" + home.path().string()});
    CHECK(ended.status == 0);
    CHECK(ended.out == "a\n1\n");
}

TEST_CASE("with --watch statements run again until Ctrl-C, which is no failure", "[integration][programs]") {
    const Sandbox server;
    Process process{HIVE_QUERY,
                    {"-u", server.url(), "--watch", "1", "--format", "csv", "-e", "SELECT 1 AS a"}};
    REQUIRE(process.await_error("Run 3, every 1.00 s"));
    process.signal(SIGINT);
    const Ended ended = process.wait();
    CHECK_THAT(ended.out, Catch::StartsWith("a\n1\na\n1\n"));
    // The signal may also have come while the third one ran.
    CHECK((ended.status == 0 || ended.status == 2));
    CHECK(query(server, {"--watch", "1", "-e", "SELECT * FROM nowhere"}).status == 2);
}
