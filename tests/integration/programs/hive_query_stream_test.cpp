#include "sandbox.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <string>

namespace {

// Sanitizers keep freed memory for a while.
#ifdef __SANITIZE_ADDRESS__
constexpr long kMostKilobytes = 400'000;
#else
constexpr long kMostKilobytes = 40'000;
#endif

const std::string kManyRows = "SELECT id, repeat('x', 2000) AS x FROM range(40000)";

}  // namespace

TEST_CASE("a large result streams through little memory", "[integration][programs]") {
    const Sandbox server;
    // The system counts what this program has as the child's, so nothing large is collected here.
    const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    REQUIRE(nowhere >= 0);
    for (const char* const format : {"csv", "table"}) {
        Process process{
            HIVE_QUERY,
            {"-u", server.url(), "--fetch-size", "1000", "--format", format, "-e", kManyRows},
            {},
            {},
            Redirect{.out = nowhere}};
        const Ended ended = process.wait();
        CHECK(ended.status == 0);
        CHECK(ended.peak_kilobytes < kMostKilobytes);
        CHECK_THAT(ended.errors, Catch::Contains("40,000 rows selected"));
    }
    ::close(nowhere);
}

TEST_CASE("a reader that has seen enough is no error", "[integration][programs]") {
    const Sandbox server;
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    Process process{HIVE_QUERY,
                    {"-u", server.url(), "--format", "csv", "-e", kManyRows},
                    {},
                    {},
                    Redirect{.out = ends[1]}};
    ::close(ends[1]);
    std::array<char, 100> head{};
    CHECK(::read(ends[0], head.data(), head.size()) > 0);
    ::close(ends[0]);
    const Ended ended = process.wait();
    CHECK(ended.status == 0);
    CHECK(ended.errors.empty());
}

TEST_CASE("a reader that has seen enough does not hide a statement that failed",
          "[integration][programs]") {
    const Sandbox server;
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    ::close(ends[0]);
    Process process{HIVE_QUERY,
                    {"-u",
                     server.url(),
                     "--force",
                     "--format",
                     "csv",
                     "-e",
                     "SELECT * FROM nowhere; SELECT 1; SELECT 2"},
                    {},
                    {},
                    Redirect{.out = ends[1]}};
    ::close(ends[1]);
    CHECK(process.wait().status == 2);
}

TEST_CASE("a full disk is status 1, with its reason", "[integration][programs]") {
    const Sandbox server;
    const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    REQUIRE(full >= 0);
    Process process{
        HIVE_QUERY, {"-u", server.url(), "-e", "SELECT 1"}, {}, {}, Redirect{.out = full}};
    const Ended ended = process.wait();
    ::close(full);
    CHECK(ended.status == 1);
    CHECK_THAT(ended.errors, Catch::Contains("No space left on device"));
}

TEST_CASE("Ctrl-C cancels the statement on the server", "[integration][programs]") {
    const Sandbox server;
    Process process{HIVE_QUERY,
                    {"-u",
                     server.url(),
                     "--progress",
                     "always",
                     "--force",
                     "-e",
                     "SELECT sandbox_sleep(60000); SELECT 'never' AS x"}};
    REQUIRE(process.await_error("running"));
    process.signal(SIGINT);
    const Ended ended = process.wait();
    CHECK(ended.status == 2);
    CHECK_THAT(ended.errors, Catch::Contains("Cancelling...") && Catch::Contains("cancelled"));
    CHECK(ended.out.empty());
}

TEST_CASE("Ctrl-C waits for a statement that is being sent, a second one does not",
          "[integration][programs]") {
    const Sandbox server{{"--fault", "freeze=ExecuteStatement"}};
    Process process{HIVE_QUERY,
                    {"-u", server.url(), "--verbose", "-e", "SELECT sandbox_sleep(60000)"}};
    REQUIRE(process.await_error("SELECT sandbox_sleep"));
    process.signal(SIGINT);
    CHECK(process.await_error("Cancelling..."));
    process.signal(SIGINT);
    CHECK(process.wait().status == 130);
}

TEST_CASE("a second Ctrl-C leaves while the server still ponders the first",
          "[integration][programs]") {
    const Sandbox server{{"--fault", "freeze=CancelOperation"}};
    Process process{
        HIVE_QUERY,
        {"-u", server.url(), "--progress", "always", "-e", "SELECT sandbox_sleep(60000)"}};
    REQUIRE(process.await_error("running"));
    process.signal(SIGINT);
    REQUIRE(process.await_error("Cancelling..."));
    process.signal(SIGINT);
    CHECK(process.wait().status == 130);
}

TEST_CASE("Ctrl-C during a connect leaves at once", "[integration][programs]") {
    const Sandbox server{{"--fault", "freeze=OpenSession"}};
    Process process{HIVE_QUERY, {"-u", server.url(), "-d", "x", "-e", "SELECT 1"}};
    REQUIRE(process.await_error("has no effect here"));
    // The warning comes just before the signal is taken care of; either way it ends the program.
    process.signal(SIGINT);
    CHECK(process.wait().status == 130);
}

TEST_CASE("a server that dies amid the rows is status 2, not the end of the rows",
          "[integration][programs]") {
    const Sandbox server{{"--fault", "drop-after-rows=1500"}};
    const Ended ended = query(server, {"--format", "csv", "-e", "SELECT id FROM range(5000)"});
    CHECK(ended.status == 2);
    CHECK_THAT(ended.errors, Catch::Contains("Error: "));
    CHECK_THAT(ended.errors, !Catch::Contains("selected"));
}

TEST_CASE("a time limit ends the statement", "[integration][programs]") {
    const Sandbox server;
    const Ended ended =
        query(server, {"--timeout", "1s", "-e", "SELECT count(*) FROM range(1000000000)"});
    CHECK(ended.status == 2);
    CHECK_THAT(ended.errors, Catch::Contains("Error: "));
}
