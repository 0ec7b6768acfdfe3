#include "io/resolver.hpp"

#include "backend/thread/poll_readiness.hpp"
#include "backend/thread/steady_clock.hpp"
#include "dns_server.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using Catch::Matchers::Contains;
using cistern::ConnectError;
using cistern::Deadline;
using cistern::DeadlineExceeded;
using cistern::Endpoint;
using cistern::test::DnsServer;
using namespace std::chrono_literals;

namespace {

constexpr auto kLong = 20s;

// A resolver that knows one name server.
struct Names {
    cistern::SteadyClock clock;
    cistern::PollReadiness readiness{clock};
    DnsServer server;
    cistern::Resolver resolver{readiness, {.name_servers = {server.address()}}};

    explicit Names(DnsServer::Answers answers) : server{std::move(answers)} {}

    [[nodiscard]] std::vector<std::string> resolve(const Endpoint& endpoint,
                                                   std::chrono::nanoseconds timeout = kLong) const {
        std::vector<std::string> texts;
        for (const auto& address : resolver.resolve(endpoint, clock.deadline_after(timeout))) {
            texts.push_back(full_text(address));
        }
        return texts;
    }
};

}  // namespace

TEST_CASE("a name becomes all of its addresses", "[integration][io]") {
    const Names names{{{"db1.test", {"10.0.0.1", "10.0.0.2"}}}};

    CHECK_THAT(names.resolve({"db1.test", "80"}),
               Catch::UnorderedEquals(std::vector<std::string>{"10.0.0.1:80", "10.0.0.2:80"}));
}

TEST_CASE("a change of a name's address is seen by the next call", "[integration][io]") {
    Names names{{{"db1.test", {"10.0.0.1"}}}};
    CHECK(names.resolve({"db1.test", "80"}) == std::vector<std::string>{"10.0.0.1:80"});

    names.server.set({{"db1.test", {"10.0.0.2"}}});
    CHECK(names.resolve({"db1.test", "80"}) == std::vector<std::string>{"10.0.0.2:80"});
}

TEST_CASE("literal addresses ask nobody", "[integration][io]") {
    const Names names{{}};

    CHECK(names.resolve({"10.0.0.1", "80"}, 0s) == std::vector<std::string>{"10.0.0.1:80"});
    CHECK(names.resolve({"::1", "80"}, 0s) == std::vector<std::string>{"[::1]:80"});
    CHECK(names.server.questions() == 0);
}

TEST_CASE("localhost asks nobody", "[integration][io]") {
    const Names names{{}};

    CHECK_THAT(names.resolve({"localhost", "80"}),
               Catch::VectorContains(std::string{"127.0.0.1:80"}) ||
                   Catch::VectorContains(std::string{"[::1]:80"}));
    CHECK(names.server.questions() == 0);
}

TEST_CASE("an unknown name is told as such, and that asking again is no use", "[integration][io]") {
    const Names names{{}};

    try {
        (void)names.resolve({"nosuch.test", "10000"});
        FAIL("nothing was thrown");
    } catch (const ConnectError& error) {
        CHECK_THAT(error.what(),
                   Contains("cannot connect to nosuch.test:10000") && Contains("no such host"));
        CHECK_FALSE(error.is_transient());
    }
}

TEST_CASE("a name server that fails is told apart from an unknown name", "[integration][io]") {
    const Names names{{{"db1.test", {DnsServer::kFails}}}};

    try {
        (void)names.resolve({"db1.test", "80"});
        FAIL("nothing was thrown");
    } catch (const ConnectError& error) {
        CHECK_THAT(error.what(), Contains("db1.test") && Contains("name server"));
        CHECK(error.is_transient());
    }
}

TEST_CASE("a name server that never answers is left at the deadline", "[integration][io]") {
    const Names names{{{"db1.test", {DnsServer::kSilent}}}};
    const auto deadline = names.clock.deadline_after(300ms);

    try {
        (void)names.resolver.resolve({"db1.test", "80"}, deadline);
        FAIL("nothing was thrown");
    } catch (const DeadlineExceeded& error) {
        CHECK_THAT(error.what(), Contains("\"db1.test\" was not resolved within 300 ms"));
        CHECK_FALSE(error.outcome_unknown());
    }
    CHECK(names.clock.has_passed(deadline));
    CHECK(names.clock.now() < deadline.since_clock_epoch() + 10s);
    CHECK(names.server.questions() > 0);
}

TEST_CASE("a name server that is not there is told as such", "[integration][io]") {
    const cistern::SteadyClock clock;
    cistern::PollReadiness readiness{clock};
    const cistern::Resolver resolver{readiness, {.name_servers = {"127.0.0.1:1"}}};

    CHECK_THROWS_AS(resolver.resolve({"db1.test", "80"}, clock.deadline_after(kLong)),
                    ConnectError);
}
