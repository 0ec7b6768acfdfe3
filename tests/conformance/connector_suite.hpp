#pragma once

// The suite that every connector must pass, and what it must be told about one (the idea is ADBC's
// driver quirks). For a connector of your own, define quirks() in one file and link it with the
// suite:
//
//     class Server final : public cistern::conformance::Server { ... };
//
//     cistern::conformance::ConnectorQuirks cistern::conformance::quirks() {
//         return make_quirks<mine::Session>(
//             {.plugin = "mine",
//              .start_server = [] { return std::make_unique<Server>(); },
//              .settings = [](const cistern::Endpoint& at) { return Texts{{"endpoint",
//              to_string(at)}}; }},
//             {.exchange = [](mine::Session& session, cistern::Timeout timeout) { ... }});
//     }
//
// Nothing special to one connector belongs into suite_*.cpp: what is special goes into the
// connector's own tests, and what the suite must know into its quirks.

#include <cistern/error.hpp>
#include <cistern/runtime.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace cistern::conformance {

using Texts = std::map<std::string, std::string>;

// The server that a connector is tested with. It listens on 127.0.0.1 as long as it lives. The
// suite puts a gate of its own in front of it, so it need not misbehave by itself.
class Server {
public:
    Server() = default;
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    virtual ~Server() = default;

    [[nodiscard]] virtual std::uint16_t port() const = 0;
};

// What is the same for any session type.
struct PluginQuirks {
    std::string plugin;
    std::function<std::unique_ptr<Server>()> start_server;
    // The settings that make the connector connect to `at`.
    std::function<Texts(const Endpoint& at)> settings;
    // False for a connector whose sessions are usable as soon as the network connected.
    bool connect_talks_to_server = true;
    // False for a connector whose validate() only looks at its own end.
    bool validate_talks_to_server = true;
    // Where the plugin is; empty: the folder that belongs to the framework's library.
    std::vector<std::filesystem::path> plugin_dirs{};
};

// One way to leave a session as the next borrower must not find it.
template <class Session>
struct Mess {
    std::string name;
    std::function<void(Session&)> make;
};

template <class Session>
struct SessionQuirks {
    // One request and its answer within `timeout`. Throws when the answer is not the one a fresh
    // session gives, so that it also notices what an earlier borrower left.
    std::function<void(Session&, Timeout timeout)> exchange;
    std::vector<Mess<Session>> messes{};
};

// A lease without its type.
class AnyLease {
public:
    AnyLease() = default;
    AnyLease(const AnyLease&) = delete;
    AnyLease& operator=(const AnyLease&) = delete;
    virtual ~AnyLease() = default;

    virtual void exchange(Timeout timeout) = 0;
    virtual void make_mess(std::size_t index) = 0;
    virtual void discard() = 0;
};

// A pool without its type.
class AnyPool {
public:
    AnyPool() = default;
    AnyPool(const AnyPool&) = delete;
    AnyPool& operator=(const AnyPool&) = delete;
    virtual ~AnyPool() = default;

    [[nodiscard]] virtual std::unique_ptr<AnyLease> acquire(Timeout timeout) = 0;
    [[nodiscard]] virtual PoolStats stats() const = 0;
    [[nodiscard]] virtual PoolHealth check(Timeout timeout) = 0;
    virtual bool drain(Timeout timeout) = 0;
};

struct ConnectorQuirks {
    PluginQuirks plugin;
    std::vector<std::string> mess_names;
    std::function<std::unique_ptr<AnyPool>(Runtime& runtime, const std::string& name)> open_pool;
};

// Defined once in each test program.
[[nodiscard]] ConnectorQuirks quirks();

// -- How make_quirks() forgets the session's type
// ---------------------------------------------------

template <class Session>
class LeaseOf final : public AnyLease {
public:
    LeaseOf(Lease<Session> lease, const SessionQuirks<Session>& quirks)
        : lease_{std::move(lease)}, quirks_{quirks} {}
    void exchange(Timeout timeout) override { quirks_.exchange(*lease_, timeout); }
    void make_mess(std::size_t index) override { quirks_.messes.at(index).make(*lease_); }
    void discard() override { lease_.discard(); }

private:
    Lease<Session> lease_;
    const SessionQuirks<Session>& quirks_;
};

template <class Session>
class PoolOf final : public AnyPool {
public:
    PoolOf(Pool<Session>& pool, SessionQuirks<Session> quirks)
        : pool_{pool}, quirks_{std::move(quirks)} {}
    std::unique_ptr<AnyLease> acquire(Timeout timeout) override {
        return std::make_unique<LeaseOf<Session>>(pool_.acquire(timeout), quirks_);
    }
    PoolStats stats() const override { return pool_.stats(); }
    PoolHealth check(Timeout timeout) override { return pool_.check(timeout); }
    bool drain(Timeout timeout) override { return pool_.drain(timeout); }

private:
    Pool<Session>& pool_;
    const SessionQuirks<Session> quirks_;
};

template <class Session>
[[nodiscard]] ConnectorQuirks make_quirks(PluginQuirks plugin, SessionQuirks<Session> session) {
    ConnectorQuirks made{.plugin = std::move(plugin), .mess_names = {}, .open_pool = {}};
    for (const auto& mess : session.messes) {
        made.mess_names.push_back(mess.name);
    }
    made.open_pool = [session = std::move(session)](Runtime& runtime, const std::string& name) {
        return std::make_unique<PoolOf<Session>>(runtime.pool<Session>(name), session);
    };
    return made;
}

}  // namespace cistern::conformance
