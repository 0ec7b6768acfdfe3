#pragma once

// A connector, its streams and an observer that do as a test tells them and remember what was
// asked.

#include "pool/pool_impl.hpp"
#include "unit/pool/manual_backend.hpp"

#include <cistern/pool.hpp>

#include <algorithm>
#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace cistern::test {

using namespace std::chrono_literals;

struct FakeSession {
    FakeSession() = default;
    FakeSession(const FakeSession&) = delete;
    FakeSession& operator=(const FakeSession&) = delete;
    virtual ~FakeSession() = default;

    [[nodiscard]] virtual int number() const = 0;
    virtual void use() = 0;  // writes to the stream
};

struct OtherSession {
    OtherSession() = default;
    OtherSession(const OtherSession&) = delete;
    OtherSession& operator=(const OtherSession&) = delete;
    virtual ~OtherSession() = default;
};

class FakeStream final : public Stream {
public:
    // Outlives the stream, so that a test can look.
    struct Wire {
        StreamState state = StreamState::kQuiet;
        int looks = 0;
    };
    FakeStream(std::shared_ptr<Wire> wire, const Clock& clock)
        : wire_{std::move(wire)}, clock_{clock} {}

    std::size_t read_some(char* buffer, std::size_t, Deadline) override {
        *buffer = 'x';
        return 1;
    }
    void write_all(std::string_view, Deadline) override {}
    [[nodiscard]] Deadline deadline_after(Timeout timeout) const override {
        return clock_.deadline_after(timeout);
    }
    [[nodiscard]] StreamState state() const noexcept override {
        ++wire_->looks;
        return wire_->state;
    }

private:
    std::shared_ptr<Wire> wire_;
    const Clock& clock_;
};

class FakeIo final : public IoContext {
public:
    std::unique_ptr<Stream> connect_tcp(const Endpoint&, Deadline) override {
        wires.push_back(std::make_shared<FakeStream::Wire>());
        wires.back()->state = std::exchange(next_state, StreamState::kQuiet);
        return std::make_unique<FakeStream>(wires.back(), clock_);
    }
    std::unique_ptr<Stream> connect_unix(const std::string&, Deadline deadline) override {
        return connect_tcp({}, deadline);
    }
    [[nodiscard]] const Clock& clock() const noexcept override { return clock_; }

    std::vector<std::shared_ptr<FakeStream::Wire>> wires;  // in the order they were opened
    StreamState next_state = StreamState::kQuiet;          // of the next one

private:
    ManualClock clock_;
};

// What the connections of one test do, and did.
struct Script {
    std::function<void(Deadline)> connect = [](Deadline) {};
    std::function<void(const ConnectorConfig&)> connect_with = [](const ConnectorConfig&) {};
    std::function<void(int number, Deadline)> validate = [](int, Deadline) {};
    std::function<void(int number, Deadline)> reset = [](int, Deadline) {};
    std::function<void(int number, Deadline)> close = [](int, Deadline) {};
    std::function<bool(int number)> is_broken = [](int) { return false; };
    bool needs_reset = false;
    bool opens_stream = false;
    const std::type_info* session_type = nullptr;
    std::string endpoint{};

    int connects = 0;                // tried
    int made = 0;                    // connections that exist or existed
    int alive = 0;                   // connections that exist
    std::vector<std::string> calls;  // "validate 1", "reset 2", "close 1"
};

class FakeConnection final : public Connection, public FakeSession {
public:
    FakeConnection(std::shared_ptr<Script> script, std::unique_ptr<Stream> stream)
        : script_{std::move(script)}, stream_{std::move(stream)}, number_{++script_->made} {
        ++script_->alive;
    }
    ~FakeConnection() override { --script_->alive; }

    void validate(Deadline deadline) override { call("validate", script_->validate, deadline); }
    void reset(Deadline deadline) override { call("reset", script_->reset, deadline); }
    void close(Deadline deadline) override { call("close", script_->close, deadline); }
    [[nodiscard]] bool needs_reset() const noexcept override { return script_->needs_reset; }
    [[nodiscard]] bool is_broken() const noexcept override { return script_->is_broken(number_); }

    [[nodiscard]] int number() const override { return number_; }
    void use() override { stream_->write_all("x", Deadline::never()); }

private:
    void call(const char* what, const std::function<void(int, Deadline)>& step, Deadline deadline) {
        script_->calls.push_back(what + (" " + std::to_string(number_)));
        step(number_, deadline);
    }

    std::shared_ptr<Script> script_;
    std::unique_ptr<Stream> stream_;
    int number_;
};

class FakeConnector final : public Connector {
public:
    explicit FakeConnector(std::shared_ptr<Script> script) : script_{std::move(script)} {}

    std::unique_ptr<Connection> connect(IoContext& io,
                                        const ConnectorConfig& conf,
                                        Deadline deadline) override {
        ++script_->connects;
        script_->connect_with(conf);
        script_->connect(deadline);
        auto stream = script_->opens_stream ? io.connect_tcp({"host", "1"}, deadline) : nullptr;
        return std::make_unique<FakeConnection>(script_, std::move(stream));
    }
    [[nodiscard]] const std::type_info* session_type() const noexcept override {
        return script_->session_type;
    }

private:
    std::shared_ptr<Script> script_;
};

struct RecordingObserver final : public PoolObserver {
    void on_opened(std::string_view pool, nanoseconds) override { add("opened", pool); }
    void on_open_failed(std::string_view pool, std::string_view why) override {
        add("open failed: " + std::string{why}, pool);
    }
    void on_closed(std::string_view pool, CloseReason reason) override {
        add("closed: " + std::string{to_string(reason)}, pool);
    }
    void on_timeout(std::string_view pool, std::string_view evidence) override {
        add("timeout: " + std::string{evidence}, pool);
    }
    void on_deadlock(std::string_view pool, std::string_view evidence) override {
        add("deadlock: " + std::string{evidence}, pool);
    }
    void on_circuit_changed(std::string_view pool, const Circuit& circuit) override {
        circuits.push_back(circuit);
        add("circuit: " + std::string{to_string(circuit.state)}, pool);
    }
    void on_validation_failed(std::string_view pool, std::string_view why) override {
        add("validation failed: " + std::string{why}, pool);
    }
    void on_paused(std::string_view pool) override { add("paused", pool); }
    void on_resumed(std::string_view pool) override { add("resumed", pool); }
    void on_resized(std::string_view pool,
                    std::uint32_t max_size,
                    std::uint32_t min_idle) override {
        add("resized: " + std::to_string(max_size) + ", " + std::to_string(min_idle), pool);
    }
    void on_size_proposed(std::string_view pool, const SizeProposal& proposal) override {
        add((proposal.is_applied ? "size " : "size proposed ") + std::to_string(proposal.from) +
                " to " + std::to_string(proposal.to),
            pool);
    }
    void on_flushed(std::string_view pool, Flush which) override {
        add(which == Flush::kAll ? "flushed all" : "flushed idle", pool);
    }
    void on_drained(std::string_view pool, bool is_complete) override {
        add(is_complete ? "drained" : "drained in part", pool);
    }
    void on_leak(std::string_view pool, const Holder& holder) override {
        leaks.push_back(holder);
        add("leak", pool);
    }
    void add(const std::string& what, std::string_view pool) {
        events.push_back(what);
        pools.emplace_back(pool);
        if (then) {
            then();
        }
    }

    std::vector<std::string> events;
    std::vector<std::string> pools;
    std::vector<Holder> leaks;
    std::vector<Circuit> circuits;
    std::function<void()> then;
};

inline std::size_t count_of(const RecordingObserver& observer, const std::string& event) {
    return static_cast<std::size_t>(
        std::count(observer.events.begin(), observer.events.end(), event));
}

// One pool over all of that. Defaults keep time out of the way: what a test is about, it sets.
struct Fixture {
    explicit Fixture(PoolOptions wanted = options()) { make(std::move(wanted)); }

    static PoolOptions options() {
        PoolOptions options;
        options.max_size = 2;
        options.acquire_timeout = 10s;
        options.max_lifetime = 0s;
        options.idle_timeout = 0s;
        options.validate_after_idle = 1h;
        options.reap_interval = 0s;
        return options;
    }
    template <class Change>
    static PoolOptions with(Change change) {
        auto changed = options();
        change(changed);
        return changed;
    }

    void make(PoolOptions wanted) {
        pool = make_pool({.name = "cache",
                          .plugin = "fake",
                          .options = wanted,
                          .connector = std::make_unique<FakeConnector>(script),
                          .config = {},
                          .backend = backend,
                          .endpoint = endpoint,
                          .observer = observer,
                          .credentials = credentials});
        pool->start();
    }
    [[nodiscard]] Pool<FakeSession>& typed() { return detail::typed<FakeSession>(*pool); }

    FakeIo io;
    std::shared_ptr<ManualBackend> backend = std::make_shared<ManualBackend>(&io);
    std::shared_ptr<Script> script = std::make_shared<Script>();
    std::shared_ptr<RecordingObserver> observer = std::make_shared<RecordingObserver>();
    std::shared_ptr<EndpointState> endpoint = std::make_shared<EndpointState>("db1:7");
    std::shared_ptr<CredentialCache> credentials{};
    std::shared_ptr<PoolImpl> pool;
};

// Who got a lease, in which order.
struct Callers {
    explicit Callers(Fixture& wanted) : fixture{wanted} {}

    void start(int name, Timeout timeout, Timeout hold = 0s) {
        fixture.backend->in_task([this, name, timeout, hold] {
            try {
                const auto lease = fixture.typed().acquire(timeout);
                served.push_back(name);
                if (hold > 0s) {
                    auto& backend = *fixture.backend;
                    backend.this_task()->park_until(backend.clock().deadline_after(hold));
                }
            } catch (const Error& error) {
                failed.push_back(std::to_string(name) + ": " + error.what());
                at.push_back(fixture.backend->clock().now());
            }
        });
        fixture.backend->run();
    }

    Fixture& fixture;
    std::vector<int> served;
    std::vector<std::string> failed;
    std::vector<nanoseconds> at;
};

// Parks whoever calls, which is one of the tasks of `backend`.
inline void sleep(ManualBackend& backend, nanoseconds span) {
    backend.this_task()->park_until(backend.clock().deadline_after(span));
}

}  // namespace cistern::test
