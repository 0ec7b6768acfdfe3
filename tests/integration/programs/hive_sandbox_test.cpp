#include "sandbox.hpp"
#include "support/skip.hpp"

#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <vector>

namespace {

// Clients that connect and say nothing.
class Crowd {
public:
    Crowd(std::uint16_t port, int size) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(port);
        for (int i = 0; i < size; ++i) {
            sockets_.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
            REQUIRE(::connect(sockets_.back(),
                              reinterpret_cast<const sockaddr*>(&address),
                              sizeof address) == 0);
        }
    }
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;
    ~Crowd() {
        for (const int socket : sockets_) {
            ::close(socket);
        }
    }

private:
    std::vector<int> sockets_;
};

}  // namespace

TEST_CASE("a server that has run out of descriptors serves again once its clients have gone",
          "[integration][programs]") {
#ifdef __SANITIZE_ADDRESS__
    cistern::test::skip(
        "without a free descriptor the sanitizer takes any object for a broken one");
#endif
    const Sandbox server{{}, "ulimit -n 40"};
    { const Crowd crowd{server.port(), 60}; }
    const auto ask = [&] {
        return query(server, {"--silent", "--format", "tsv", "-e", "SELECT 1 AS a"});
    };
    Ended ended = ask();
    // It may need a moment to notice that they have.
    for (int tries = 1; !ended.errors.empty() && tries < 100; ++tries) {
        ended = ask();
    }
    CHECK(ended.errors == "");
    CHECK(ended.out == "a\n1\n");
}
