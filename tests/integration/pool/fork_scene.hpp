#pragma once

#include "integration/pool/threaded_pool.hpp"
#include "support/forked_child.hpp"
#include "support/skip.hpp"
#include "support/socket_server.hpp"

#include <cistern/pool.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace cistern::test {

using namespace std::chrono_literals;

// Sends each line back, and keeps every byte that came, by connection. "leave" makes it hang up.
class RecordingServer {
public:
    RecordingServer() : server_{[this](ServedSocket& socket) { serve(socket); }} {}

    [[nodiscard]] SocketServer& socket() noexcept { return server_; }
    [[nodiscard]] std::vector<std::string> received() const {
        const std::lock_guard lock{mutex_};
        return received_;
    }
    // How many connections carried bytes of two processes, whose lines begin with `one` and with
    // `other`.
    [[nodiscard]] long shared_by(char one, char other) const {
        const auto all = received();
        return std::count_if(all.begin(), all.end(), [&](const std::string& bytes) {
            return bytes.find(one) != std::string::npos && bytes.find(other) != std::string::npos;
        });
    }

private:
    void serve(ServedSocket& socket) {
        std::size_t index = 0;
        {
            const std::lock_guard lock{mutex_};
            index = received_.size();
            received_.emplace_back();
        }
        for (auto bytes = socket.receive(); !bytes.empty(); bytes = socket.receive()) {
            {
                const std::lock_guard lock{mutex_};
                received_[index] += bytes;
            }
            if (bytes == "leave\n" || !socket.send(bytes)) {
                return;
            }
        }
    }

    mutable std::mutex mutex_;
    std::vector<std::string> received_;
    SocketServer server_;  // last: its threads use all of the above
};

struct LineSession {
    LineSession() = default;
    LineSession(const LineSession&) = delete;
    LineSession& operator=(const LineSession&) = delete;
    virtual ~LineSession() = default;
    // Whether `line` came back.
    virtual bool ask(const std::string& line) = 0;
    virtual void send(const std::string& line) = 0;
};

// Says goodbye twice: when it is closed, and, which no plugin should, in its destructor.
class TalkativeConnection final : public Connection, public LineSession {
public:
    explicit TalkativeConnection(std::unique_ptr<Stream> stream) : stream_{std::move(stream)} {}
    ~TalkativeConnection() override {
        try {
            send("BYE");
        } catch (const Error&) {
        }
    }
    void validate(Deadline) override {}
    [[nodiscard]] bool needs_reset() const noexcept override { return false; }
    void close(Deadline) override { send("QUIT"); }

    void send(const std::string& line) override {
        stream_->write_all(line + "\n", stream_->deadline_after(10s));
    }
    bool ask(const std::string& line) override {
        send(line);
        std::string answer;
        while (answer.size() < line.size() + 1) {
            char buffer[64];
            const auto got =
                stream_->read_some(buffer, sizeof buffer, stream_->deadline_after(10s));
            if (got == 0) {
                return false;
            }
            answer.append(buffer, got);
        }
        return answer == line + "\n";
    }

private:
    std::unique_ptr<Stream> stream_;
};

class TalkativeConnector final : public Connector {
public:
    explicit TalkativeConnector(Endpoint endpoint) : endpoint_{std::move(endpoint)} {}
    std::unique_ptr<Connection> connect(IoContext& io,
                                        const ConnectorConfig&,
                                        Deadline deadline) override {
        return std::make_unique<TalkativeConnection>(io.connect_tcp(endpoint_, deadline));
    }

private:
    Endpoint endpoint_;
};

// Nothing of the pool's own happens within the time of a test.
inline PoolOptions calm(std::uint32_t max_size = 4) {
    PoolOptions options;
    options.max_size = max_size;
    options.idle_timeout = 0s;
    options.validate_after_idle = 1h;
    return options;
}

// A pool of this process over a server of this process. A child uses the pool and leaves the server
// alone: that one's threads are not there.
struct ForkScene : ThreadedPool {
    explicit ForkScene(const PoolOptions& options = calm(), const std::string& host = "127.0.0.1")
        : ForkScene{std::make_unique<RecordingServer>(), options, host} {}

    [[nodiscard]] Pool<LineSession>& typed() { return detail::typed<LineSession>(*pool); }
    // Opens `count` connections, each of which has carried `line`.
    [[nodiscard]] bool open(std::size_t count, const std::string& line) {
        std::vector<Lease<LineSession>> leases;
        bool all_well = true;
        for (std::size_t i = 0; i < count; ++i) {
            leases.push_back(typed().acquire());
            all_well = leases.back()->ask(line) && all_well;
        }
        return all_well;
    }
    template <class Condition>
    [[nodiscard]] bool comes_true(Condition condition) {
        const auto give_up = backend->clock().deadline_after(20s);
        while (!condition(pool->stats())) {
            if (backend->clock().has_passed(give_up)) {
                return false;
            }
            std::this_thread::sleep_for(1ms);
        }
        return true;
    }

    std::unique_ptr<RecordingServer> server;

private:
    ForkScene(std::unique_ptr<RecordingServer> recorder,
              const PoolOptions& options,
              const std::string& host)
        : ThreadedPool{std::make_unique<TalkativeConnector>(
                           Endpoint{host, recorder->socket().endpoint().port}),
                       options},
          server{std::move(recorder)} {}
};

// For children: the first thing that was not as expected.
class Expectations {
public:
    void expect(bool holds, const std::string& what) {
        if (!holds && failure_.empty()) {
            failure_ = "not so: " + what;
        }
    }
    [[nodiscard]] std::string outcome() const { return failure_; }

private:
    std::string failure_;
};

inline void skip_without_threads_after_fork() {
#ifdef __SANITIZE_THREAD__
    skip("the thread sanitizer ends a child of fork() that starts threads");
#endif
}

// For forks at a moment when other threads may be allocating.
inline void skip_without_allocator_after_fork() {
    skip_without_threads_after_fork();
#ifdef __SANITIZE_ADDRESS__
    skip("the address sanitizer's allocator does not let go of its locks in a child of fork()");
#endif
}

}  // namespace cistern::test
