#include "redis_scene.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using redis::ServerError;
using redis::test::Scene;

namespace {

constexpr std::string_view kUnknown = "-NOSCRIPT No matching script. Please use EVAL.\r\n";

// Answers SCRIPT LOAD with a digest, EVALSHA with what `run` is, EVAL with "whole".
struct ScriptServer {
    explicit ScriptServer(Scene& scene) {
        scene.script->answers([this](std::string_view written) -> std::string {
            const auto has = [&](std::string_view word) {
                return written.find(word) != std::string_view::npos;
            };
            if (has("\r\nLOAD\r\n")) {
                asked.emplace_back("load");
                return load;
            }
            if (has("\r\nEVALSHA\r\n")) {
                asked.emplace_back("run");
                return unknown-- > 0 ? std::string{kUnknown} : run;
            }
            if (has("\r\nEVAL\r\n")) {
                asked.emplace_back("whole");
                return whole;
            }
            return "+OK\r\n";
        });
    }
    std::vector<std::string> asked_since() { return std::exchange(asked, {}); }

    std::string load = "$3\r\nd1g\r\n";
    std::string run = ":1\r\n";
    std::string whole = "$5\r\nwhole\r\n";
    int unknown = 0;  // so often the digest is not known
    std::vector<std::string> asked;
};

using Asked = std::vector<std::string>;

}  // namespace

TEST_CASE("a script is loaded once and run by its digest, keys before arguments", "[unit][redis]") {
    Scene scene;
    ScriptServer server{scene};
    CHECK(scene.session().eval("return 1", {"k"}, {"a", "b"}, 1s).integer() == 1);
    CHECK(scene.written() ==
          "*3\r\n$6\r\nSCRIPT\r\n$4\r\nLOAD\r\n$8\r\nreturn 1\r\n"
          "*6\r\n$7\r\nEVALSHA\r\n$3\r\nd1g\r\n$1\r\n1\r\n$1\r\nk\r\n$1\r\na\r\n$1\r\nb\r\n");
    CHECK(scene.session().eval("return 1", {}, {}, 1s).integer() == 1);
    CHECK(scene.written() == "*3\r\n$7\r\nEVALSHA\r\n$3\r\nd1g\r\n$1\r\n0\r\n");
    CHECK(scene.session().script_stats().hits == 1);
    CHECK(scene.session().script_stats().misses == 1);
}

TEST_CASE("a script that the server has forgotten is loaded and run again, once", "[unit][redis]") {
    Scene scene;
    ScriptServer server{scene};
    scene.session().eval("return 1", {}, {}, 1s);
    server.asked.clear();
    server.unknown = 1;
    CHECK(scene.session().eval("return 1", {}, {}, 1s).integer() == 1);
    CHECK(server.asked_since() == Asked{"run", "load", "run"});
    CHECK(scene.session().script_stats().forgotten == 1);
}

TEST_CASE("a script that is forgotten twice in a call is sent whole", "[unit][redis]") {
    Scene scene;
    ScriptServer server{scene};
    server.unknown = 2;
    CHECK(scene.session().eval("return 1", {}, {}, 1s).text() == "whole");
    CHECK(server.asked_since() == Asked{"load", "run", "load", "run", "whole"});
}

TEST_CASE("a script that says NOSCRIPT by itself has run, and is not run again", "[unit][redis]") {
    Scene scene;
    ScriptServer server{scene};
    server.run = "-NOSCRIPT of my own\r\n";
    CHECK_THROWS_AS(scene.session().eval("return redis.error_reply(...)", {}, {}, 1s), ServerError);
    CHECK(server.asked_since() == Asked{"load", "run"});
}

TEST_CASE("a script's error is thrown, and the script stays known", "[unit][redis]") {
    Scene scene;
    ScriptServer server{scene};
    server.run = "-ERR no such key\r\n";
    CHECK_THROWS_AS(scene.session().eval("return 1", {}, {}, 1s), ServerError);
    CHECK_FALSE(scene.connection->is_broken());
    CHECK_THROWS_AS(scene.session().eval("return 1", {}, {}, 1s), ServerError);
    CHECK(server.asked_since() == Asked{"load", "run", "run"});
}

TEST_CASE("a script that does not compile is refused by the server and not kept", "[unit][redis]") {
    Scene scene;
    ScriptServer server{scene};
    server.load = "-ERR Error compiling script\r\n";
    CHECK_THROWS_WITH(scene.session().eval("retrun 1", {}, {}, 1s), Catch::Contains("compiling"));
    CHECK_THROWS_AS(scene.session().eval("retrun 1", {}, {}, 1s), ServerError);
    CHECK(server.asked_since() == Asked{"load", "load"});
}

TEST_CASE("the script not used for longest is loaded again when it comes back", "[unit][redis]") {
    Scene scene{{}, {}, 2};
    ScriptServer server{scene};
    for (const auto* text : {"a", "b", "a", "c"}) {
        scene.session().eval(text, {}, {}, 1s);
    }
    server.asked.clear();
    scene.session().eval("a", {}, {}, 1s);
    CHECK(server.asked_since() == Asked{"run"});
    scene.session().eval("b", {}, {}, 1s);
    CHECK(server.asked_since() == Asked{"load", "run"});
    CHECK(scene.session().script_stats().evictions == 2);
    CHECK_FALSE(scene.connection->needs_reset());  // a script cannot be unloaded
}

TEST_CASE("with script_cache_size 0 scripts are sent whole", "[unit][redis]") {
    Scene scene{{}, {}, 0};
    ScriptServer server{scene};
    CHECK(scene.session().eval("return 1", {"k"}, {}, 1s).text() == "whole");
    CHECK(scene.written() == "*4\r\n$4\r\nEVAL\r\n$8\r\nreturn 1\r\n$1\r\n1\r\n$1\r\nk\r\n");
}

TEST_CASE("inside a transaction a script is sent whole, and queued", "[unit][redis]") {
    Scene scene;
    ScriptServer server{scene};
    scene.session().eval("return 1", {}, {}, 1s);
    scene.session().command({"MULTI"}, 1s);
    server.asked.clear();
    server.whole = "+QUEUED\r\n";
    CHECK(scene.session().eval("return 1", {}, {}, 1s).is_status("QUEUED"));
    CHECK(server.asked_since() == Asked{"whole"});
}

TEST_CASE("after a SCRIPT FLUSH of its own a session loads its scripts at once", "[unit][redis]") {
    Scene scene;
    ScriptServer server{scene};
    scene.session().eval("return 1", {}, {}, 1s);
    server.asked.clear();
    SECTION("as a command") {
        scene.session().command({"script", "flush"}, 1s);
    }
    SECTION("in a pipeline") {
        scene.session().pipeline({{"SCRIPT", "FLUSH", "SYNC"}}, 1s);
    }
    scene.session().eval("return 1", {}, {}, 1s);
    CHECK(server.asked_since() == Asked{"load", "run"});
}

TEST_CASE("a reset keeps the scripts that the connection knows", "[unit][redis]") {
    Scene scene;
    ScriptServer server{scene};
    scene.session().eval("return 1", {}, {}, 1s);
    CHECK_FALSE(scene.connection->needs_reset());
    scene.session().command({"WATCH", "k"}, 1s);
    scene.connection->reset(scene.soon());
    server.asked.clear();
    scene.session().eval("return 1", {}, {}, 1s);
    CHECK(server.asked_since() == Asked{"run"});
}

TEST_CASE("one timeout bounds loading a script and running it", "[unit][redis]") {
    Scene scene;
    ScriptServer server{scene};
    scene.script->each_call_takes(300ms);
    CHECK_THROWS_AS(scene.session().eval("return 1", {}, {}, 1s), cistern::DeadlineExceeded);
    CHECK(scene.script->clock().now() == 1s);
    CHECK(scene.connection->is_broken());
}
