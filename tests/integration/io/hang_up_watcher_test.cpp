#include "backend/thread/thread_backend.hpp"
#include "support/socket_server.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

using namespace cistern;
using namespace cistern::test;
using namespace std::chrono_literals;

namespace {

class Counter final : public HangUpListener {
public:
    void on_hang_up() noexcept override {
        const std::lock_guard lock{mutex_};
        ++count_;
        changed_.notify_all();
    }
    [[nodiscard]] bool wait_for(int count) {
        std::unique_lock lock{mutex_};
        return changed_.wait_for(lock, 10s, [&] { return count_ >= count; });
    }
    [[nodiscard]] int count() {
        const std::lock_guard lock{mutex_};
        return count_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int count_ = 0;
};

// Sends back what it gets.
void echo(ServedSocket& socket) {
    while (!socket.is_ending()) {
        const auto bytes = socket.receive();
        if (bytes.empty() || !socket.send(bytes)) {
            return;
        }
    }
}

Deadline soon(const Backend& backend) {
    return backend.clock().deadline_after(10s);
}

// Watches a stream that hangs up once told to; whatever came before has been told by then.
void catch_up(Backend& backend) {
    SocketServer server{[](ServedSocket&) {}};
    const auto stream = backend.io().connect_tcp(server.endpoint(), soon(backend));
    const auto counter = std::make_shared<Counter>();
    const auto watch = backend.watch_hang_up(*stream, counter);
    REQUIRE(counter->wait_for(1));
}

}  // namespace

TEST_CASE("a peer's close is told once, and so is its reset", "[integration][io]") {
    SocketServer server{echo};
    const auto backend = make_thread_backend();
    const auto stream = backend->io().connect_tcp(server.endpoint(), soon(*backend));
    const auto counter = std::make_shared<Counter>();
    const auto watch = backend->watch_hang_up(*stream, counter);
    REQUIRE(watch != nullptr);
    const bool is_reset = GENERATE(true, false);
    REQUIRE(server.wait_for_open(1));
    is_reset ? server.reset_all() : server.end_all();
    CHECK(counter->wait_for(1));
    catch_up(*backend);
    CHECK(counter->count() == 1);
    CHECK(backend->stop(soon(*backend)));
}

TEST_CASE("a peer that has left before it was watched is told as well", "[integration][io]") {
    SocketServer server{[](ServedSocket&) {}};
    const auto backend = make_thread_backend();
    const auto stream = backend->io().connect_tcp(server.endpoint(), soon(*backend));
    char byte = 0;
    CHECK(stream->read_some(&byte, 1, soon(*backend)) == 0);
    const auto counter = std::make_shared<Counter>();
    const auto watch = backend->watch_hang_up(*stream, counter);
    CHECK(counter->wait_for(1));
}

TEST_CASE("bytes that come and go are nothing to tell", "[integration][io]") {
    SocketServer server{echo};
    const auto backend = make_thread_backend();
    const auto stream = backend->io().connect_tcp(server.endpoint(), soon(*backend));
    const auto counter = std::make_shared<Counter>();
    const auto watch = backend->watch_hang_up(*stream, counter);
    for (int i = 0; i < 100; ++i) {
        stream->write_all("x", soon(*backend));
        char byte = 0;
        CHECK(stream->read_some(&byte, 1, soon(*backend)) == 1);
    }
    catch_up(*backend);
    CHECK(counter->count() == 0);
}

TEST_CASE("a watch that has ended tells nothing, though its descriptor is used again",
          "[integration][io]") {
    SocketServer server{echo};
    SocketServer other{echo};
    const auto backend = make_thread_backend();
    const auto first = std::make_shared<Counter>();
    auto stream = backend->io().connect_tcp(server.endpoint(), soon(*backend));
    backend->watch_hang_up(*stream, first).reset();
    stream = nullptr;
    stream = backend->io().connect_tcp(other.endpoint(), soon(*backend));
    const auto second = std::make_shared<Counter>();
    const auto watch = backend->watch_hang_up(*stream, second);
    REQUIRE(other.wait_for_open(1));
    other.end_all();
    CHECK(second->wait_for(1));
    CHECK(first->count() == 0);
}

TEST_CASE("a backend that has stopped watches nothing, and watches may outlive it",
          "[integration][io]") {
    SocketServer server{echo};
    auto backend = make_thread_backend();
    const auto stream = backend->io().connect_tcp(server.endpoint(), soon(*backend));
    const auto counter = std::make_shared<Counter>();
    const auto watch = backend->watch_hang_up(*stream, counter);
    CHECK(backend->stop(soon(*backend)));
    CHECK(backend->watch_hang_up(*stream, counter) == nullptr);
    REQUIRE(server.wait_for_open(1));
    server.end_all();
    CHECK(counter->count() == 0);
}
