#include <cistern/error.hpp>
#include <cistern/stream.hpp>

#include <catch2/catch.hpp>

#include <string>

using Catch::Matchers::Contains;
using cistern::ConfigError;
using cistern::Endpoint;
using cistern::parse_endpoint;

TEST_CASE("an endpoint is read as host and port, and written the same way", "[unit][base]") {
    struct Example {
        std::string text;
        Endpoint read;
    };
    const auto example = GENERATE(Example{"db1:10000", {"db1", "10000"}},
                                  Example{"db1.example.org:1", {"db1.example.org", "1"}},
                                  Example{"10.0.0.1:65535", {"10.0.0.1", "65535"}},
                                  Example{"[::1]:6379", {"::1", "6379"}},
                                  Example{"[fe80::1%eth0]:80", {"fe80::1%eth0", "80"}},
                                  Example{"a_b-c:80", {"a_b-c", "80"}});
    CAPTURE(example.text);

    CHECK(parse_endpoint(example.text) == example.read);
    CHECK(to_string(example.read) == example.text);
}

TEST_CASE("a text that is no endpoint is refused with what is wrong", "[unit][base]") {
    struct Example {
        std::string text;
        std::string why;
    };
    const auto example = GENERATE(Example{"", "the port is missing"},
                                  Example{"db1", "the port is missing"},
                                  Example{":80", "the host is missing"},
                                  Example{"[]:80", "the host is missing"},
                                  Example{"db1:", "the port must be a number"},
                                  Example{"db1:0", "the port must be a number"},
                                  Example{"db1:65536", "the port must be a number"},
                                  Example{"db1:99999999999999999999", "the port must be a number"},
                                  Example{"db1:-1", "the port must be a number"},
                                  Example{"db1:+1", "the port must be a number"},
                                  Example{"db1: 80", "the port must be a number"},
                                  Example{"db1:80x", "the port must be a number"},
                                  Example{"db1:http", "the port must be a number"},
                                  Example{"::1:80", "an IPv6 address needs brackets"},
                                  Example{"[::1]", "the host has a character"},
                                  Example{"[::1:80", "the host has a character"},
                                  Example{"[db1]:80", "brackets are for an IPv6 address"},
                                  Example{"http://db1:80", "the host has a character"},
                                  Example{"user@db1:80", "the host has a character"},
                                  Example{"db 1:80", "the host has a character"},
                                  Example{"db1\n:80", "the host has a character"});
    CAPTURE(example.text);

    CHECK_THROWS_AS(parse_endpoint(example.text), ConfigError);
    CHECK_THROWS_WITH(parse_endpoint(example.text),
                      Contains(example.why) && Contains("\"" + example.text + "\"") &&
                          Contains("host:port or [v6-address]:port"));
}
