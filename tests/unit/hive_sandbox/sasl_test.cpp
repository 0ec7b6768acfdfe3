#include "rpc/sasl_server.hpp"

#include <catch2/catch.hpp>
#include <thrift/transport/TTransportException.h>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <thread>

using namespace sandbox;
using namespace std::string_literals;

namespace {

std::string piece(char status, const std::string& payload) {
    return std::string{status, '\0', '\0', '\0', static_cast<char>(payload.size())} + payload;
}

struct Outcome {
    std::optional<std::string> user;
    std::string answer;
    std::string read;  // what the server read after the login
};

// The client's bytes are all there before the server begins, so nothing waits for anything.
Outcome negotiate(const std::string& bytes, const CheckLogin& check, std::size_t then_read = 0) {
    std::array<int, 2> ends{};
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
    REQUIRE(write(ends[1], bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    shutdown(ends[1], SHUT_WR);
    Outcome out;
    {
        Channel channel{ends[0]};
        try {
            out.user = negotiate_plain(channel, check);
            std::string got(then_read, '\0');
            if (then_read > 0) {
                channel.readAll(reinterpret_cast<std::uint8_t*>(got.data()),
                                static_cast<std::uint32_t>(then_read));
            }
            out.read = got;
        } catch (const apache::thrift::transport::TTransportException& e) {
            out.read = e.what();
        }
    }
    std::array<char, 256> buffer{};
    const auto size = read(ends[1], buffer.data(), buffer.size());
    out.answer.assign(buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    close(ends[1]);
    return out;
}

bool anybody(std::string_view, std::string_view) {
    return true;
}

const std::string kPlain = piece(1, "PLAIN");

}  // namespace

TEST_CASE("a login is taken from clients of either habit", "[unit][hive_sandbox]") {
    const char status = GENERATE(char{2}, char{5});
    const Outcome out = negotiate(kPlain + piece(status, "\0u\0p"s), anybody);
    CHECK(out.user == "u");
    CHECK(out.answer == "\x05\0\0\0\0"s);
}

TEST_CASE("frames may be cut anywhere once the login is through", "[unit][hive_sandbox]") {
    const std::string frames = "\0\0\0\2ab\0\0\0\0\0\0\0\1c"s;
    CHECK(negotiate(kPlain + piece(2, "\0u\0p"s) + frames, anybody, 3).read == "abc");
}

TEST_CASE("logins are refused with a reason", "[unit][hive_sandbox]") {
    const CheckLogin only_bob = [](std::string_view user, std::string_view password) {
        return user == "bob" && password == "secret";
    };
    const std::string refused =
        "\x03\0\0\0\x1a"
        "Error validating the login"s;
    CHECK(negotiate(kPlain + piece(2, "\0bob\0wrong"s), only_bob).answer == refused);
    CHECK(negotiate(kPlain + piece(2, "\0bob\0secret"s), only_bob).user == "bob");
    CHECK(negotiate(kPlain + piece(2, "\0\0p"s), anybody).answer == refused);
    CHECK(negotiate(kPlain + piece(2, "\0u\0"s), anybody).answer == refused);
    CHECK(negotiate(kPlain + piece(2, "u"s), anybody).answer == refused);
    CHECK_THAT(negotiate(piece(1, "GSSAPI"), anybody).answer, Catch::Contains("GSSAPI"));
    CHECK(negotiate(piece(2, "PLAIN"), anybody).answer.front() == 4);
    CHECK(negotiate(kPlain + piece(3, ""), anybody).answer.front() == 4);
}

TEST_CASE("a length that is too large is refused before anything is allocated",
          "[unit][hive_sandbox]") {
    CHECK_THAT(negotiate("\x01\x7f\xff\xff\xff"s, anybody).read, Catch::Contains("too long"));
    CHECK_THAT(negotiate("\x80\x01\x00\x01\x00"s, anybody).read, Catch::Contains("too long"));
    const std::string large = "\x7f\xff\xff\xff"s;
    CHECK_THAT(negotiate(kPlain + piece(2, "\0u\0p"s) + large, anybody, 1).read,
               Catch::Contains("too large"));
}

TEST_CASE("the parts of PLAIN's response are told apart", "[unit][hive_sandbox]") {
    CHECK(parse_plain("\0u\0p"s)->user == "u");
    CHECK(parse_plain("z\0u\0p"s)->password == "p");
    CHECK(parse_plain("u\0p"s)->user == "u");
    CHECK_FALSE(parse_plain("u"));
    CHECK_FALSE(parse_plain("a\0b\0c\0d"s));
}
