#include "backend/thread/thread_backend.hpp"
#include "base/nearest.hpp"
#include "config/environment.hpp"
#include "config/message_text.hpp"
#include "config/runtime_config.hpp"
#include "config/setting_text.hpp"
#include "core/option_rules.hpp"
#include "pool/keyed_pool.hpp"
#include "pool/pool_impl.hpp"
#include "runtime/plugin_pools.hpp"

#include <cistern/runtime.hpp>

#include <chrono>
#include <map>
#include <mutex>
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
            known = state = std::make_shared<EndpointState>();
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

// What `unmatched` is for callers who ask for `match`.
PoolParts matched(const PoolParts& unmatched,
                  const Setting& setting,
                  const std::string& match,
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
    parts.endpoint = endpoints.find(parts.connector->endpoint(parts.config));
    return parts;
}

}  // namespace

class Runtime::Impl {
public:
    Impl(LoadedConfig loaded, std::shared_ptr<PoolObserver> observer) {
        auto checked = check_pools(std::move(loaded), plugins_);
        throw_if_any(checked);
        backend_ = make_thread_backend();
        endpoints_ = std::make_shared<Endpoints>(*backend_);
        for (auto& pool : checked.pools) {
            add(std::move(pool), observer);
        }
        for (auto& [name, pool] : pools_) {
            pool->start();
        }
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() {
        const auto deadline = backend_->clock().deadline_after(kShutdownTimeout);
        for (auto& [name, pool] : pools_) {
            pool->close(deadline);
        }
        backend_->stop(deadline);
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

    void warm_up(Timeout timeout) {
        const auto& clock = backend_->clock();
        const auto deadline = clock.deadline_after(timeout);
        for (auto& [name, pool] : pools_) {
            pool->warm_up(clock.left(deadline));
        }
    }

private:
    void add(CheckedPool checked, const std::shared_ptr<PoolObserver>& observer) {
        PoolParts parts{.name = std::move(checked.name),
                        .plugin = std::move(checked.plugin),
                        .options = std::move(checked.options),
                        .connector = std::move(checked.connector),
                        .config = std::move(checked.settings),
                        .backend = backend_,
                        .endpoint = endpoints_->find(checked.endpoint),
                        .observer = observer};
        const auto name = parts.name;
        if (parts.options.match_by.empty()) {
            pools_.emplace(name, make_pool(std::move(parts)));
            return;
        }
        auto parts_for = [parts, endpoints = endpoints_, setting = std::move(checked.match_by)](
                             const std::string& match) {
            return matched(parts, setting, match, *endpoints);
        };
        pools_.emplace(name, std::make_shared<KeyedPool>(std::move(parts), std::move(parts_for)));
    }

    // Declared in order of life.
    PluginHost plugins_;
    std::shared_ptr<Backend> backend_;
    std::shared_ptr<Endpoints> endpoints_;
    std::map<std::string, std::shared_ptr<RunningPool>> pools_;
};

Runtime::Runtime(std::unique_ptr<Impl> impl) noexcept : impl_{std::move(impl)} {}
Runtime::Runtime(Runtime&& other) noexcept = default;
Runtime& Runtime::operator=(Runtime&& other) noexcept = default;
Runtime::~Runtime() = default;

Runtime Runtime::from_file(const std::filesystem::path& path,
                           std::shared_ptr<PoolObserver> observer) {
    return Runtime{std::make_unique<Impl>(load_config(path, process_environment(), option_rules),
                                          std::move(observer))};
}

Runtime Runtime::from_spec(RuntimeSpec spec) {
    return Runtime{std::make_unique<Impl>(load_config(spec, process_environment(), option_rules),
                                          std::move(spec.observer))};
}

std::vector<std::string> Runtime::pool_names() const {
    return impl_->names();
}

detail::PoolCore& Runtime::untyped_pool(const std::string& name) const {
    return impl_->find(name);
}

void Runtime::warm_up(Timeout timeout) {
    impl_->warm_up(timeout);
}

std::vector<std::string> check_config(const std::filesystem::path& path) {
    PluginHost plugins;
    return check_pools(load_config(path, process_environment(), option_rules), plugins).problems;
}

}  // namespace cistern
