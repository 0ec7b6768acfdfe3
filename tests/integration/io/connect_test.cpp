#include "backend/thread/thread_backend.hpp"
#include "black_hole.hpp"
#include "dns_server.hpp"
#include "io/socket_connect.hpp"
#include "support/line_server.hpp"
#include "support/skip.hpp"

#include <cistern/stream_algorithms.hpp>

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

using Catch::Matchers::Contains;
using cistern::ConnectError;
using cistern::Deadline;
using cistern::DeadlineExceeded;
using cistern::Endpoint;
using cistern::make_thread_backend;
using cistern::read_line;
using cistern::test::BlackHole;
using cistern::test::DnsServer;
using cistern::test::LineServer;
using cistern::test::skip;
using namespace std::chrono_literals;

namespace {

constexpr auto kLong = 20s;
const cistern::ThreadBackendOptions kNoNameServer{.resolver = {.name_servers = {"127.0.0.1:1"}}};

struct Machine {
    std::shared_ptr<cistern::Backend> backend = make_thread_backend();
    cistern::IoContext& io = backend->io();

    [[nodiscard]] Deadline in(std::chrono::nanoseconds timeout) const {
        return backend->clock().deadline_after(timeout);
    }
};

std::shared_ptr<cistern::Backend> backend_asking(const DnsServer& names) {
    return make_thread_backend({.resolver = {.name_servers = {names.address()}}});
}

template <class Call>
std::string error_of(Call call) {
    try {
        call();
    } catch (const cistern::Error& error) {
        return error.what();
    }
    return "nothing was thrown";
}

std::string scratch_path() {
    const auto name = "cistern-" + std::to_string(::getpid()) + ".sock";
    return (std::filesystem::temp_directory_path() / name).string();
}

// A port that was free a moment ago.
std::string closed_port() {
    return LineServer{}.endpoint().port;
}

std::string ask(cistern::Stream& stream, const std::string& question, Deadline deadline) {
    stream.write_all(question + "\n", deadline);
    return read_line(stream, 1000, deadline);
}

std::size_t open_descriptors() {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"}) {
        count += entry.path().empty() ? 0 : 1;
    }
    return count;
}

// Leaves the process `count` free descriptors while it lives.
class FewDescriptors {
public:
    explicit FewDescriptors(std::size_t count) {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        auto few = before_;
        few.rlim_cur = open_descriptors() + count;
        while (true) {
            const int filler = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
            if (filler < 0 || static_cast<rlim_t>(filler) >= few.rlim_cur) {
                ::close(filler);
                break;
            }
            fillers_.emplace_back(filler);
        }
        fillers_.resize(fillers_.size() - std::min(count, fillers_.size()));
        ::setrlimit(RLIMIT_NOFILE, &few);
    }
    FewDescriptors(const FewDescriptors&) = delete;
    FewDescriptors& operator=(const FewDescriptors&) = delete;
    ~FewDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_{};
    std::vector<cistern::Descriptor> fillers_;
};

}  // namespace

TEST_CASE("a stream to a listening port talks both ways", "[integration][io]") {
    const Machine machine;
    LineServer server;

    const auto stream = machine.io.connect_tcp(server.endpoint(), machine.in(kLong));

    CHECK(ask(*stream, "hello", machine.in(kLong)) == "hello");
    CHECK(stream->peer() == "127.0.0.1:" + server.endpoint().port);
}

TEST_CASE("localhost is found without asking a name server", "[integration][io]") {
    const Machine machine{.backend = make_thread_backend(kNoNameServer)};
    LineServer server;

    const auto stream =
        machine.io.connect_tcp({"localhost", server.endpoint().port}, machine.in(kLong));

    CHECK(ask(*stream, "hello", machine.in(kLong)) == "hello");
}

TEST_CASE("a closed port is refused with the name, the address and why", "[integration][io]") {
    const Machine machine;
    const auto port = closed_port();
    const auto connect = [&] { machine.io.connect_tcp({"127.0.0.1", port}, machine.in(kLong)); };

    CHECK_THROWS_AS(connect(), ConnectError);
    CHECK(error_of(connect) == "cannot connect to 127.0.0.1:" + port + ": 127.0.0.1 refused");
}

TEST_CASE("a connect that cannot succeed may be tried again", "[integration][io]") {
    const Machine machine;

    try {
        machine.io.connect_tcp({"127.0.0.1", closed_port()}, machine.in(kLong));
        FAIL("nothing was thrown");
    } catch (const ConnectError& error) {
        CHECK(error.is_transient());
        CHECK(error.breaks_connection());
        CHECK_FALSE(error.outcome_unknown());
    }
}

TEST_CASE("a port that never answers takes the deadline and no longer", "[integration][io]") {
    const Machine machine;
    const BlackHole hole;
    if (!hole.is_full()) {
        skip("this kernel's backlog cannot be filled");
    }
    const auto deadline = machine.in(300ms);

    try {
        machine.io.connect_tcp(hole.endpoint(), deadline);
        FAIL("nothing was thrown");
    } catch (const DeadlineExceeded& error) {
        CHECK_FALSE(error.outcome_unknown());
        CHECK(error.is_transient());
        CHECK_THAT(error.what(), Contains("127.0.0.1 did not answer within 300 ms"));
    }
    CHECK(machine.backend->clock().has_passed(deadline));
    CHECK(machine.backend->clock().now() < (deadline.since_clock_epoch() + 5s));
}

TEST_CASE("a connect after its deadline ends at once", "[integration][io]") {
    const Machine machine;
    const BlackHole hole;
    if (!hole.is_full()) {
        skip("this kernel's backlog cannot be filled");
    }

    CHECK_THROWS_AS(machine.io.connect_tcp(hole.endpoint(), machine.in(0s)), DeadlineExceeded);
}

TEST_CASE("a name's addresses are tried in order until one is connected", "[integration][io]") {
    DnsServer names{{{"db1.test", {"127.0.0.2", "127.0.0.1"}}}};
    const Machine machine{.backend = backend_asking(names)};
    LineServer server;

    const auto stream =
        machine.io.connect_tcp({"db1.test", server.endpoint().port}, machine.in(kLong));

    CHECK(stream->peer() == to_string(server.endpoint()));
    CHECK(ask(*stream, "hello", machine.in(kLong)) == "hello");
}

TEST_CASE("when no address can be connected, each is told with its reason", "[integration][io]") {
    DnsServer names{{{"db1.test", {"127.0.0.2", "127.0.0.1"}}}};
    const Machine machine{.backend = backend_asking(names)};
    const auto port = closed_port();

    CHECK(error_of([&] {
              machine.io.connect_tcp({"db1.test", port}, machine.in(kLong));
          }) == "cannot connect to db1.test:" + port + ": 127.0.0.2 refused; 127.0.0.1 refused");
}

TEST_CASE("an address that does not answer leaves the next its share of the time",
          "[integration][io]") {
    const BlackHole hole;
    if (!hole.is_full()) {
        skip("this kernel's backlog cannot be filled");
    }
    DnsServer names{{{"db1.test", {"127.0.0.1", "127.0.0.2"}}}};
    const Machine machine{.backend = backend_asking(names)};
    const auto connect = [&] {
        machine.io.connect_tcp({"db1.test", hole.endpoint().port}, machine.in(2s));
    };

    CHECK_THAT(error_of(connect),
               Contains("127.0.0.1 did not answer within") && Contains("; 127.0.0.2 refused"));
}

TEST_CASE("a Unix socket talks both ways", "[integration][io]") {
    const Machine machine;
    const auto path = scratch_path();
    LineServer server{LineServer::AtPath{path}};

    const auto stream = machine.io.connect_unix(path, machine.in(kLong));

    CHECK(ask(*stream, "hello", machine.in(kLong)) == "hello");
    CHECK(stream->peer() == "unix:" + path);
}

TEST_CASE("a Unix socket that is not there is named", "[integration][io]") {
    const Machine machine;

    CHECK(error_of([&] { machine.io.connect_unix("/nowhere/x.sock", machine.in(kLong)); }) ==
          "cannot connect to unix:/nowhere/x.sock: No such file or directory (ENOENT)");
    CHECK_THAT(
        error_of([&] { machine.io.connect_unix("/" + std::string(200, 'x'), machine.in(kLong)); }),
        Contains("a socket's path must have 1 to 107 bytes"));
}

TEST_CASE("a Unix listener that is too busy is waited for until the deadline",
          "[integration][io]") {
    const Machine machine;
    const auto path = scratch_path();
    const cistern::Descriptor listener{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    const auto address = cistern::unix_address(path);
    REQUIRE(::bind(listener.get(), address.get(), address.size) == 0);
    REQUIRE(::listen(listener.get(), 0) == 0);
    std::vector<std::unique_ptr<cistern::Stream>> streams;
    std::string error = "the listener took everybody";
    for (int i = 0; i < 16 && error == "the listener took everybody"; ++i) {
        try {
            streams.push_back(machine.io.connect_unix(path, machine.in(50ms)));
        } catch (const DeadlineExceeded& late) {
            error = late.what();
        }
    }
    ::unlink(path.c_str());

    CHECK(error == "cannot connect to unix:" + path + ": did not answer within 50 ms");
}

TEST_CASE("a process without free descriptors is told so", "[integration][io]") {
    const Machine machine;
    LineServer server;
    const auto endpoint = server.endpoint();
    const auto deadline = machine.in(kLong);
    const auto connect = [&] { machine.io.connect_tcp(endpoint, deadline); };
    // Sanitizers need a descriptor for their first look at objects of each type.
    connect();
    const Endpoint closed{"127.0.0.1", closed_port()};
    REQUIRE_THAT(error_of([&] { machine.io.connect_tcp(closed, deadline); }), Contains("refused"));
    std::string error;
    {
        const FewDescriptors none{0};
        error = error_of(connect);
    }

    CHECK_THAT(error, Contains("EMFILE") && Contains("file descriptors") && Contains("ulimit -n"));
}

TEST_CASE(
    "sp10_looking_leaks_no_descriptor: ten thousand looks at streams and connects leave none "
    "behind",
    "[integration][io]") {
    const Machine machine{.backend = make_thread_backend(kNoNameServer)};
    LineServer server;
    const auto refused = closed_port();
    const auto stream = machine.io.connect_tcp(server.endpoint(), machine.in(kLong));
    REQUIRE(ask(*stream, "hello", machine.in(kLong)) == "hello");
    const auto before = open_descriptors();

    bool was_always_quiet = true;
    for (int i = 0; i < 10000; ++i) {
        was_always_quiet &= stream->state() == cistern::StreamState::kQuiet;
    }
    for (int i = 0; i < 200; ++i) {
        CHECK_THROWS(machine.io.connect_tcp({"127.0.0.1", refused}, machine.in(kLong)));
        CHECK_THROWS(machine.io.connect_tcp({"no name at all", refused}, machine.in(kLong)));
    }

    CHECK(was_always_quiet);
    CHECK(open_descriptors() == before);
}

TEST_CASE("what is connected over TCP sends at once and notices a dead peer", "[integration][io]") {
    const Machine machine;
    LineServer server;
    const auto number = [](int socket, int level, int option) {
        int value = -1;
        socklen_t size = sizeof value;
        ::getsockopt(socket, level, option, &value, &size);
        return value;
    };
    const auto first_free = ::dup(0);
    ::close(first_free);

    const auto stream = machine.io.connect_tcp(server.endpoint(), machine.in(kLong));

    REQUIRE(stream->peer() == to_string(server.endpoint()));
    const auto socket = first_free;
    CHECK(number(socket, IPPROTO_TCP, TCP_NODELAY) != 0);
    CHECK(number(socket, SOL_SOCKET, SO_KEEPALIVE) != 0);
    CHECK(number(socket, IPPROTO_TCP, TCP_KEEPIDLE) == 30);
    CHECK(number(socket, IPPROTO_TCP, TCP_KEEPINTVL) == 10);
    CHECK(number(socket, IPPROTO_TCP, TCP_KEEPCNT) == 3);
    CHECK(number(socket, IPPROTO_TCP, TCP_USER_TIMEOUT) == 30000);
    CHECK((::fcntl(socket, F_GETFD) & FD_CLOEXEC) != 0);
    CHECK((::fcntl(socket, F_GETFL) & O_NONBLOCK) != 0);
}

TEST_CASE("sleeping lasts until the deadline", "[integration][io]") {
    const Machine machine;
    const auto deadline = machine.in(30ms);

    machine.io.sleep_until(deadline);

    CHECK(machine.backend->clock().has_passed(deadline));
}
