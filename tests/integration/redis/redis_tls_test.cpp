#include "redis_pools.hpp"
#include "redis_server.hpp"
#include "support/certificates.hpp"
#include "support/test_folder.hpp"

#include <cistern/error.hpp>
#include <cistern/tls.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <string>

using namespace std::chrono_literals;
using namespace cistern::test;

namespace {

struct TlsScene {
    TestFolder folder{};
    Authority authority{folder.path()};
    RedisServer server;

    explicit TlsScene(std::vector<std::string> arguments = {})
        : server{std::move(arguments), authority.issue("server")} {}
    [[nodiscard]] Texts settings(Texts more = {}) const {
        more.insert({{"endpoint", "localhost:" + std::to_string(server.tls_port())},
                     {"tls", "on"},
                     {"tls_ca", authority.ca_file()}});
        return more;
    }
};

}  // namespace

TEST_CASE("a pool over TLS lends the same session again and again, tickets or not",
          "[integration][redis][tls]") {
    const TlsScene scene;
    auto runtime = redis_runtime(scene.settings({{"client_name", "secured"}}), {{"max_size", "1"}});
    for (int round = 0; round < 50; ++round) {
        auto session = cache(runtime).acquire(5s);
        CHECK(session->command({"INCR", "n"}, 5s).integer() == round + 1);
    }
    CHECK(cache(runtime).stats().opened == 1);
    CHECK(scene.server.info("total_connections_received") > 0);
    const std::string large(1'000'000, 'x');
    auto session = cache(runtime).acquire(5s);
    session->command({"SET", "large", large}, 5s);
    CHECK(session->command({"GET", "large"}, 5s).text() == large);
}

TEST_CASE("a real server that is not trusted, or has another name, gets no password",
          "[integration][redis][tls]") {
    const TlsScene scene{{"--requirepass", "sesame"}};
    Authority other{scene.folder.path(), "other"};
    const bool is_wrong_host = GENERATE(false, true);
    const std::string says =
        is_wrong_host ? "is not for elsewhere" : "authority that is not trusted";
    Texts wrong{{"password", "sesame"}};
    wrong.insert(is_wrong_host ? std::pair{"tls_host", "elsewhere"}
                               : std::pair{"tls_ca", other.ca_file().c_str()});
    auto runtime = redis_runtime(scene.settings(wrong));
    CHECK_THROWS_WITH(cache(runtime).acquire(2s),
                      Catch::Contains(says) && !Catch::Contains("sesame"));
}

TEST_CASE("TLS to a plain port and no TLS to a port with it each say so",
          "[integration][redis][tls]") {
    const TlsScene scene;
    const auto to_plain = scene.settings({{"endpoint", scene.server.endpoint()}});
    auto secured = redis_runtime(to_plain, {{"connect_timeout", "200ms"}});
    CHECK_THROWS_WITH(cache(secured).acquire(2s),
                      Catch::Contains("the TLS handshake was not finished in time"));
    auto plain =
        redis_runtime({{"endpoint", "localhost:" + std::to_string(scene.server.tls_port())}});
    CHECK_THROWS_WITH(cache(plain).acquire(2s), Catch::Contains("redis.tls = on"));
}

TEST_CASE("a real server that asks for our certificate gets it, and without one the error says so",
          "[integration][redis][tls]") {
    TestFolder folder;
    Authority clients{folder.path(), "clients"};
    const TlsScene scene{{"--tls-auth-clients", "yes", "--tls-ca-cert-file", clients.ca_file()}};
    auto without = redis_runtime(scene.settings());
    CHECK_THROWS_WITH(cache(without).acquire(2s), Catch::Contains("give tls_cert and tls_key"));
    const auto own = clients.issue("app");
    auto with =
        redis_runtime(scene.settings({{"tls_cert", own.cert_file}, {"tls_key", own.key_file}}));
    CHECK(cache(with).acquire(5s)->command({"PING"}, 5s).is_status("PONG"));
}

TEST_CASE("a session over TLS whose server dies while it is idle is replaced without an error",
          "[integration][redis][tls]") {
    TlsScene scene;
    auto runtime = redis_runtime(scene.settings(), {{"max_size", "1"}});
    CHECK(cache(runtime).acquire(5s)->command({"PING"}, 5s).is_status("PONG"));
    scene.server.kill();
    scene.server.start();
    CHECK(cache(runtime).acquire(5s)->command({"PING"}, 5s).is_status("PONG"));
    CHECK(cache(runtime).stats().opened == 2);
}
