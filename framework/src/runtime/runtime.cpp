#include "backend/task/task_kinds.hpp"
#include "backend/thread/thread_backend.hpp"
#include "base/nearest.hpp"
#include "config/environment.hpp"
#include "config/message_text.hpp"
#include "config/runtime_config.hpp"
#include "config/setting_text.hpp"
#include "core/option_rules.hpp"
#include "pool/keyed_pool.hpp"
#include "pool/pool_impl.hpp"
#include "runtime/credential_sources.hpp"
#include "runtime/plugin_pools.hpp"

#include <cistern/runtime.hpp>

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

namespace cistern {
namespace {

using namespace std::chrono_literals;

// How long a Runtime that is destroyed waits for its pools' tasks, all in all. A connect that is
// under way may take this long; what hangs beyond it is left behind.
constexpr Timeout kShutdownTimeout = 10s;

std::vector<OptionProblem> option_rules(const PoolOptions& options) {
    std::vector<OptionProblem> problems;
    for (auto& found : core::check_options(options)) {
        problems.push_back({std::move(found.key), std::move(found.message)});
    }
    return problems;
}

void throw_if_any(const CheckedPools& checked) {
    if (checked.problems.empty()) {
        return;
    }
    if (checked.only_plugins_failed) {
        throw PluginError{problem_list(checked.problems)};
    }
    throw ConfigError{problem_list(checked.problems)};
}

// What pools with connections to the same place have in common, for as long as one of them lives.
//
// Thread safety:  may be asked by any number of tasks at once.
class Endpoints final : private ForkListener {
public:
    explicit Endpoints(Backend& backend) : fork_watch_{backend.watch_forks(*this)} {}

    // None for a pool that is its own endpoint.
    [[nodiscard]] std::shared_ptr<EndpointState> find(const std::string& name) {
        if (name.empty()) {
            return nullptr;
        }
        const std::lock_guard lock{mutex_};
        std::erase_if(states_, [](const auto& state) { return state.second.expired(); });
        auto& known = states_[name];
        auto state = known.lock();
        if (state == nullptr) {
            known = state = std::make_shared<EndpointState>(name);
        }
        return state;
    }

private:
    void before_fork(Stage stage) noexcept override {
        if (stage == Stage::kShared) {
            mutex_.lock();
        }
    }
    void after_fork_in_parent() noexcept override { mutex_.unlock(); }
    void after_fork_in_child() noexcept override { mutex_.unlock(); }

    std::mutex mutex_;
    std::map<std::string, std::weak_ptr<EndpointState>> states_;  // guarded by mutex_
    const std::unique_ptr<ForkWatch> fork_watch_;  // last: it refers to all of the above
};

// Where a pool connects to; with several endpoints `address` is the setting that each is given to.
void place(PoolParts& parts, const std::string& address, Endpoints& endpoints) {
    if (address.empty()) {
        parts.endpoint = endpoints.find(parts.connector->endpoint(parts.config));
        return;
    }
    parts.endpoints.clear();
    for (const auto& text : parts.options.endpoints) {
        std::map<std::string, ConfigValue> settings{{address, {text, "endpoints"}}};
        const auto name = parts.connector->endpoint(parts.config.with(settings));
        auto state = name.empty() ? std::make_shared<EndpointState>(text) : endpoints.find(name);
        parts.endpoints.push_back({std::move(state), std::move(settings)});
    }
}

// What `unmatched` is for callers who ask for `match`.
PoolParts matched(const PoolParts& unmatched,
                  const Setting& setting,
                  const std::string& match,
                  const std::string& address,
                  Endpoints& endpoints) {
    if (!is_allowed(setting, match)) {
        throw ConfigError{"pool \"" + unmatched.name + "\": the match " + in_quotes(match) +
                          " cannot be its " + setting.name + ", which must be " +
                          allowed_text(setting)};
    }
    auto parts = unmatched;
    parts.name += "[" + match + "]";
    parts.config = parts.config.with(setting.name, {match, "acquire(match)"});
    parts.connector->check(parts.config);
    place(parts, address, endpoints);
    return parts;
}

// None for a pool whose settings stay as they are.
std::shared_ptr<CredentialCache> credentials_of(const PoolParts& parts,
                                                const RuntimeOptions& given,
                                                const Environment& environment) {
    std::shared_ptr<CredentialSource> source;
    std::optional<ConnectSettings> known;
    if (const auto& name = parts.options.credentials; !name.empty()) {
        source =
            std::make_shared<ProvidedCredentials>(parts.name, name, given.credentials.at(name));
    } else if (auto files = parts.config.from_files(); !files.empty()) {
        known = ConnectSettings{.values = files, .valid_for = Timeout::max()};
        source = std::make_shared<FileCredentials>(std::move(files), environment);
    } else {
        return nullptr;
    }
    return std::make_shared<CredentialCache>(parts.config, std::move(source), std::move(known));
}

}  // namespace

class Runtime::Impl {
public:
    Impl(LoadedConfig loaded, RuntimeOptions options, Environment environment)
        : options_{std::make_shared<const RuntimeOptions>(std::move(options))},
          environment_{std::move(environment)} {
        auto checked = check_pools(std::move(loaded), plugins_, &options_->credentials);
        throw_if_any(checked);
        endpoints_ = std::make_shared<Endpoints>(*backend(BackendKind::kThread));
        for (auto& pool : checked.pools) {
            add(std::move(pool));
        }
        for (auto& [name, pool] : pools_) {
            pool->start();
        }
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() {
        const auto deadline = clock().deadline_after(kShutdownTimeout);
        for (auto& [name, pool] : pools_) {
            pool->close(deadline);
        }
        for (auto& [kind, backend] : backends_) {
            backend->stop(deadline);
        }
    }

    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> names;
        for (const auto& [name, pool] : pools_) {
            names.push_back(name);
        }
        return names;
    }

    [[nodiscard]] RunningPool& find(const std::string& name) const {
        const auto found = pools_.find(name);
        if (found == pools_.end()) {
            throw ConfigError{"there is no pool called \"" + name + "\"" +
                              guess_text(name, names(), "; `pools` names those there are")};
        }
        return *found->second;
    }

    void flush_endpoint(const std::string& endpoint, Flush which) {
        bool is_known = false;
        for (const auto& [name, pool] : pools_) {
            is_known = pool->flush_endpoint(endpoint, which) || is_known;
        }
        if (!is_known) {
            throw ConfigError{
                "no pool connects to the endpoint \"" + endpoint + "\"" +
                guess_text(endpoint, endpoint_names_, "; PoolStats::circuit names a pool's")};
        }
    }

    [[nodiscard]] std::map<std::string, PoolStats> stats() const {
        std::map<std::string, PoolStats> stats;
        for (const auto& [name, pool] : pools_) {
            stats.emplace(name, pool->stats());
        }
        return stats;
    }

    // All are asked before any is waited for, so that one that hangs costs the others no time.
    [[nodiscard]] std::vector<PoolHealth> health(Timeout timeout) const {
        const auto deadline = clock().deadline_after(timeout);
        std::vector<std::unique_ptr<PendingCheck>> checks;
        for (const auto& [name, pool] : pools_) {
            checks.push_back(pool->begin_check());
        }
        std::vector<PoolHealth> found;
        for (const auto& check : checks) {
            found.push_back(check->finish(deadline));
        }
        return found;
    }

    void warm_up(Timeout timeout) {
        const auto deadline = clock().deadline_after(timeout);
        for (auto& [name, pool] : pools_) {
            pool->warm_up(clock().left(deadline));
        }
    }

private:
    // Made when the first pool asks for it.
    [[nodiscard]] const std::shared_ptr<Backend>& backend(BackendKind kind) {
        auto& backend = backends_[kind];
        if (backend == nullptr) {
            backend = kind == BackendKind::kThread
                          ? make_thread_backend()
                          : make_loop_backend(kind == BackendKind::kFiber ? "fiber" : "asio",
                                              *find_task_kind(kind));
        }
        return backend;
    }
    // All backends have the same.
    [[nodiscard]] const Clock& clock() const { return backends_.at(BackendKind::kThread)->clock(); }

    void add(CheckedPool checked) {
        const auto backend_kind = checked.options.backend;
        PoolParts parts{.name = std::move(checked.name),
                        .plugin = std::move(checked.plugin),
                        .options = std::move(checked.options),
                        .connector = std::move(checked.connector),
                        .config = std::move(checked.settings),
                        .backend = backend(backend_kind),
                        .observer = options_->observer,
                        .circles = circles_};
        place(parts, checked.address, *endpoints_);
        note_endpoints(parts);
        parts.credentials = credentials_of(parts, *options_, environment_);
        const auto name = parts.name;
        std::shared_ptr<RunningPool> pool;
        if (parts.options.match_by.empty()) {
            pool = make_pool(std::move(parts));
        } else {
            auto parts_for = [parts,
                              endpoints = endpoints_,
                              setting = std::move(checked.match_by),
                              address = std::move(checked.address),
                              options = options_,
                              environment = environment_](const std::string& match) {
                auto its = matched(parts, setting, match, address, *endpoints);
                its.credentials = credentials_of(its, *options, environment);
                return its;
            };
            pool = std::make_shared<KeyedPool>(std::move(parts), std::move(parts_for));
        }
        pools_.emplace(name, std::move(pool));
    }

    void note_endpoints(const PoolParts& parts) {
        if (parts.endpoint != nullptr) {
            endpoint_names_.push_back(parts.endpoint->name());
        }
        for (const auto& endpoint : parts.endpoints) {
            endpoint_names_.push_back(endpoint.state->name());
        }
    }

    const std::shared_ptr<const RuntimeOptions> options_;
    const Environment environment_;  // as at the start, for references that are read again
    // Declared in order of life.
    PluginHost plugins_;
    std::map<BackendKind, std::shared_ptr<Backend>> backends_;
    std::shared_ptr<Endpoints> endpoints_;
    const std::shared_ptr<WaitCircles> circles_ = std::make_shared<WaitCircles>();
    std::map<std::string, std::shared_ptr<RunningPool>> pools_;
    std::vector<std::string> endpoint_names_;  // as configured; matches may have others
};

Runtime::Runtime(std::unique_ptr<Impl> impl) noexcept : impl_{std::move(impl)} {}
Runtime::Runtime(Runtime&& other) noexcept = default;
Runtime& Runtime::operator=(Runtime&& other) noexcept = default;
Runtime::~Runtime() = default;

Runtime Runtime::from_file(const std::filesystem::path& path,
                           std::shared_ptr<PoolObserver> observer) {
    return from_file(path, RuntimeOptions{.observer = std::move(observer)});
}

Runtime Runtime::from_file(const std::filesystem::path& path, RuntimeOptions options) {
    auto environment = process_environment();
    auto loaded = load_config(path, environment, option_rules);
    return Runtime{
        std::make_unique<Impl>(std::move(loaded), std::move(options), std::move(environment))};
}

Runtime Runtime::from_spec(RuntimeSpec spec) {
    auto environment = process_environment();
    auto loaded = load_config(spec, environment, option_rules);
    return Runtime{std::make_unique<Impl>(
        std::move(loaded),
        RuntimeOptions{std::move(spec.observer), std::move(spec.credentials)},
        std::move(environment))};
}

std::vector<std::string> Runtime::pool_names() const {
    return impl_->names();
}

detail::PoolCore& Runtime::untyped_pool(const std::string& name) const {
    return impl_->find(name);
}

void Runtime::flush_endpoint(const std::string& endpoint, Flush which) {
    impl_->flush_endpoint(endpoint, which);
}

std::map<std::string, PoolStats> Runtime::stats() const {
    return impl_->stats();
}

std::vector<PoolHealth> Runtime::health(Timeout timeout) const {
    return impl_->health(timeout);
}

void Runtime::warm_up(Timeout timeout) {
    impl_->warm_up(timeout);
}

std::vector<std::string> check_config(const std::filesystem::path& path) {
    PluginHost plugins;
    // Which credentials the program will give is not known here.
    return check_pools(load_config(path, process_environment(), option_rules), plugins, nullptr)
        .problems;
}

}  // namespace cistern
