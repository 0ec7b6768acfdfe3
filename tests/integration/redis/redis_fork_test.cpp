// A program with a pool of Redis sessions forks workers, as a prefork server does.

#include "redis_pools.hpp"
#include "redis_server.hpp"
#include "support/forked_child.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using namespace cistern::test;

TEST_CASE("forked workers share a runtime, and each has its own connections to Redis",
          "[integration][redis][fork]") {
    const RedisServer server;
    std::optional<cistern::Runtime> runtime{
        redis_runtime({{"endpoint", server.endpoint()}}, {{"max_size", "2"}})};
    const auto id_of = [](redis::Session& session) {
        return session.command({"CLIENT", "ID"}, 5s).integer();
    };
    std::vector<std::int64_t> ids;
    {
        auto one = cache(*runtime).acquire();
        auto other = cache(*runtime).acquire();
        ids = {id_of(*one), id_of(*other)};
    }
    const auto work = [&]() -> std::string {
        for (int i = 0; i < 100; ++i) {
            auto session = cache(*runtime).acquire();
            session->command({"INCR", "calls"}, 5s);
            if (const auto id = id_of(*session); id == ids[0] || id == ids[1]) {
                return "a worker has got a connection of its parent";
            }
        }
        runtime.reset();
        return {};
    };
    std::vector<std::unique_ptr<ForkedChild>> workers;
    for (int i = 0; i < 4; ++i) {
        workers.push_back(std::make_unique<ForkedChild>(work));
    }
    for (const auto& worker : workers) {
        CHECK(worker->report() == "");
    }

    auto one = cache(*runtime).acquire();
    auto other = cache(*runtime).acquire();
    CHECK(ids.size() == 2);
    CHECK(id_of(*one) + id_of(*other) == ids[0] + ids[1]);
    CHECK(one->command({"GET", "calls"}, 5s).text() == "400");
    CHECK(server.clients() == 2);
    CHECK(cache(*runtime).stats().opened == 2);
}
