// A password that changes on the server and here, while a pool runs.

#include "redis_pools.hpp"
#include "redis_server.hpp"
#include "support/test_folder.hpp"

#include <cistern/credentials.hpp>
#include <cistern/error.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>

using namespace std::chrono_literals;
using namespace cistern::test;

namespace {

bool is_alive(redis::Session& session) {
    return session.command({"PING"}, 5s).is_status("PONG");
}

void change_password(RedisServer& server, const std::string& password) {
    CHECK(server.ask("CONFIG SET requirepass " + password).starts_with("+OK"));
    server.log_in_with("AUTH " + password);
}

// Closing is a task of the pool's own.
bool has_open(cistern::Pool<redis::Session>& pool, std::uint32_t count) {
    const auto give_up = std::chrono::steady_clock::now() + 10s;
    while (pool.stats().total != count && std::chrono::steady_clock::now() < give_up) {
        std::this_thread::sleep_for(5ms);
    }
    return pool.stats().total == count;
}

}  // namespace

TEST_CASE(
    "a password that is changed in its file is used from the next connect on, and connections "
    "of the old one go",
    "[integration][redis]") {
    RedisServer server{{"--requirepass", "first"}};
    server.log_in_with("AUTH first");
    const TestFolder folder;
    const auto file = folder.write("password", "first\n");
    auto runtime = redis_runtime(
        {{"endpoint", server.endpoint()}, {"password", "${file:" + file.string() + "}"}},
        {{"max_size", "4"}});
    auto& pool = cache(runtime);
    auto held = pool.acquire();
    auto idle = pool.acquire();
    change_password(server, "second");
    folder.write("password", "second\n");
    auto fresh = pool.acquire();
    CHECK(is_alive(*fresh));
    CHECK(is_alive(*held));  // nobody loses what he has
    held.release();
    idle.release();
    CHECK(has_open(pool, 1));
    fresh.release();
    CHECK(is_alive(*pool.acquire()));
    CHECK(pool.stats().opened == 3);
    CHECK(pool.stats().open_failures == 0);
}

TEST_CASE(
    "a server that is changed before the file refuses, and is used again once the file follows",
    "[integration][redis]") {
    RedisServer server{{"--requirepass", "first"}};
    server.log_in_with("AUTH first");
    const TestFolder folder;
    const auto file = folder.write("password", "first\n");
    auto runtime = redis_runtime(
        {{"endpoint", server.endpoint()}, {"password", "${file:" + file.string() + "}"}});
    auto& pool = cache(runtime);
    pool.acquire().discard();
    change_password(server, "second");
    try {
        static_cast<void>(pool.acquire(10s));
        FAIL("was lent something");
    } catch (const cistern::AuthError& error) {
        CHECK(std::string{error.what()}.find("first") == std::string::npos);
    }
    folder.write("password", "second\n");
    CHECK(is_alive(*pool.acquire(10s)));
}

TEST_CASE("a provider's user and password are used, and asked for again when they are refused",
          "[integration][redis]") {
    struct Vault final : cistern::CredentialsProvider {
        cistern::Credentials fetch(const cistern::CredentialsRequest& request) override {
            CHECK(request.pool == "cache");
            return {.user = "app", .password = cistern::Secret{password}};
        }
        std::string password = "one";
    };
    RedisServer server;
    static_cast<void>(server.ask("ACL SETUSER app on >one ~* +@all"));
    const auto vault = std::make_shared<Vault>();
    cistern::RuntimeSpec spec;
    spec.pools.push_back({.name = "cache",
                          .plugin = "redis",
                          .options = {{"credentials", "vault"}},
                          .settings = {{"endpoint", server.endpoint()}}});
    spec.credentials["vault"] = vault;
    auto runtime = cistern::Runtime::from_spec(std::move(spec));
    auto& pool = cache(runtime);
    auto session = pool.acquire();
    CHECK(session->command({"ACL", "WHOAMI"}, 5s).text() == "app");
    session.discard();
    static_cast<void>(server.ask("ACL SETUSER app resetpass >two"));
    vault->password = "two";
    CHECK(is_alive(*pool.acquire(10s)));
    CHECK(pool.stats().open_failures == 0);
}

TEST_CASE("credentials that the program does not give stop the start, as do two passwords",
          "[integration][redis]") {
    const auto start = [](Texts settings) {
        settings["endpoint"] = "127.0.0.1:1";
        return redis_runtime(std::move(settings), {{"credentials", "vault"}});
    };
    CHECK_THROWS_WITH(start({}), Catch::Contains("the program gives no credentials called"));
    CHECK_THROWS_WITH(start({{"password", "x"}}),
                      Catch::Contains("is given, and so is the plugin's password"));
}
