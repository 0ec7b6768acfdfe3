#pragma once

#include <cistern/connector_config.hpp>
#include <cistern/credentials.hpp>
#include <cistern/export.hpp>
#include <cistern/plugin_report.hpp>
#include <cistern/pool.hpp>
#include <cistern/pool_health.hpp>
#include <cistern/pool_observer.hpp>
#include <cistern/pool_options.hpp>
#include <cistern/pool_stats.hpp>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace cistern {

// A pool described in code instead of in a file. Values may hold references to secrets as files
// may.
struct PoolSpec {
    std::string name;
    std::string plugin;
    std::map<std::string, std::string> options{};   // as `pool.<name>.<key>`: "max_size" -> "4"
    std::map<std::string, std::string> settings{};  // as `pool.<name>.<plugin>.<key>`
};

// What a Runtime is made from when there is no file.
struct RuntimeSpec {
    // Folders that are searched in order; empty: the folder that belongs to this library, installed
    // or in a build tree.
    std::vector<std::filesystem::path> plugin_dirs{};
    std::vector<PoolSpec> pools;
    std::shared_ptr<PoolObserver> observer{};
    CredentialsProviders credentials{};
};

// What a program gives to a Runtime beside its file.
struct RuntimeOptions {
    std::shared_ptr<PoolObserver> observer{};
    CredentialsProviders credentials{};
};

// Loads plugins and owns the pools made from them.
//
// Thread safety:  pool() and the const members may be called by any number of tasks at once.
// Ownership:      owns plugin host, backend and pools, in that order of life. A Lease that outlives
//                 the Runtime stays usable; its connection is closed when it ends.
// Waiting:        construction waits for nothing but files. The destructor drains: it waits until
//                 pool tasks have ended, within a bound.
// Errors:         ConfigError lists every problem of all files at once; PluginError.
// Fork:           a child of fork() may go on with it and destroy it; see Pool. A child that comes
//                 from a fork() inside an observer's or a plugin's call may only exec or _exit; in
//                 a signal handler fork() is not allowed.
class CISTERN_API Runtime {
public:
    // Reads `path`, with the environment over it (CISTERN_POOL_A_MAX_SIZE). Relative paths in it
    // count from its own folder.
    [[nodiscard]] static Runtime from_file(const std::filesystem::path& path,
                                           std::shared_ptr<PoolObserver> observer = {});
    [[nodiscard]] static Runtime from_file(const std::filesystem::path& path,
                                           RuntimeOptions options);
    [[nodiscard]] static Runtime from_spec(RuntimeSpec spec);

    Runtime(Runtime&& other) noexcept;
    Runtime& operator=(Runtime&& other) noexcept;
    ~Runtime();

    // The pool called `name`, whose connections must offer `Session`. ConfigError when there is no
    // such pool (naming the nearest one) or when its plugin offers something else.
    template <class Session>
    [[nodiscard]] Pool<Session>& pool(const std::string& name) {
        return detail::typed<Session>(untyped_pool(name));
    }

    // Every pool's name, sorted.
    [[nodiscard]] std::vector<std::string> pool_names() const;
    // What any pool offers without its type: statistics, draining, and one connection checked by
    // hand.
    [[nodiscard]] detail::PoolCore& untyped_pool(const std::string& name) const;
    // Pool::flush() for every pool whose connector names `endpoint` ("db1:10000"), after a change
    // on that server. ConfigError when there is none, naming the nearest one.
    void flush_endpoint(const std::string& endpoint, Flush which = Flush::kAll);
    // Pool::stats() of every pool, by name. For to_openmetrics().
    [[nodiscard]] std::map<std::string, PoolStats> stats() const;
    // Pool::check() of every pool, side by side and sorted by name, within `timeout` in all.
    [[nodiscard]] std::vector<PoolHealth> health(Timeout timeout) const;
    // Waits until every pool has its min_idle connections, or throws what kept it from them.
    void warm_up(Timeout timeout);

private:
    class Impl;
    explicit Runtime(std::unique_ptr<Impl> impl) noexcept;

    std::unique_ptr<Impl> impl_;
};

// Every problem that keeps `path` from being used, in the words from_file() would throw; empty when
// there is none. Loads plugins, opens no connection.
[[nodiscard]] CISTERN_API std::vector<std::string> check_config(const std::filesystem::path& path);

}  // namespace cistern
