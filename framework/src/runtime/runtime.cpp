#include "backend/thread/thread_backend.hpp"
#include "base/nearest.hpp"
#include "config/environment.hpp"
#include "config/runtime_config.hpp"
#include "core/option_rules.hpp"
#include "pool/pool_impl.hpp"
#include "runtime/credential_sources.hpp"
#include "runtime/plugin_pools.hpp"

#include <cistern/runtime.hpp>

#include <chrono>
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

}  // namespace

class Runtime::Impl {
public:
    Impl(LoadedConfig loaded, RuntimeOptions options, Environment environment)
        : options_{std::move(options)}, environment_{std::move(environment)} {
        auto checked = check_pools(std::move(loaded), plugins_, &options_.credentials);
        throw_if_any(checked);
        backend_ = make_thread_backend();
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

    [[nodiscard]] PoolImpl& find(const std::string& name) const {
        const auto found = pools_.find(name);
        if (found == pools_.end()) {
            throw ConfigError{"there is no pool called \"" + name + "\"" +
                              guess_text(name, names(), "; `pools` names those there are")};
        }
        return *found->second;
    }

    void flush_endpoint(const std::string& endpoint, Flush which) {
        const auto [first, last] = pools_by_endpoint_.equal_range(endpoint);
        if (first == last) {
            std::vector<std::string> known;
            for (const auto& [name, state] : endpoints_) {
                known.push_back(name);
            }
            throw ConfigError{"no pool connects to the endpoint \"" + endpoint + "\"" +
                              guess_text(endpoint, known, "; PoolStats::circuit names a pool's")};
        }
        for (auto at = first; at != last; ++at) {
            at->second->flush(which);
        }
    }

    void warm_up(Timeout timeout) {
        const auto& clock = backend_->clock();
        const auto deadline = clock.deadline_after(timeout);
        for (auto& [name, pool] : pools_) {
            pool->warm_up(clock.left(deadline));
        }
    }

private:
    void add(CheckedPool checked) {
        auto name = checked.name;
        auto credentials = credentials_of(checked);
        auto pool = make_pool({.name = std::move(checked.name),
                               .plugin = std::move(checked.plugin),
                               .options = checked.options,
                               .connector = std::move(checked.connector),
                               .config = std::move(checked.settings),
                               .backend = backend_,
                               .endpoint = shared_endpoint(checked.endpoint),
                               .observer = options_.observer,
                               .credentials = std::move(credentials)});
        if (!checked.endpoint.empty()) {
            pools_by_endpoint_.emplace(checked.endpoint, pool);
        }
        pools_.emplace(std::move(name), std::move(pool));
    }

    // None for a pool whose settings stay as they are.
    std::shared_ptr<CredentialCache> credentials_of(const CheckedPool& checked) const {
        std::shared_ptr<CredentialSource> source;
        std::optional<ConnectSettings> known;
        if (const auto& name = checked.options.credentials; !name.empty()) {
            source = std::make_shared<ProvidedCredentials>(
                checked.name, name, options_.credentials.at(name));
        } else if (auto files = checked.settings.from_files(); !files.empty()) {
            known = ConnectSettings{.values = files, .valid_for = Timeout::max()};
            source = std::make_shared<FileCredentials>(std::move(files), environment_);
        } else {
            return nullptr;
        }
        return std::make_shared<CredentialCache>(
            checked.settings, std::move(source), std::move(known));
    }

    // None for a pool that is its own endpoint.
    std::shared_ptr<EndpointState> shared_endpoint(const std::string& name) {
        if (name.empty()) {
            return nullptr;
        }
        auto& endpoint = endpoints_[name];
        if (!endpoint) {
            endpoint = std::make_shared<EndpointState>(name);
        }
        return endpoint;
    }

    const RuntimeOptions options_;
    const Environment environment_;  // as at the start, for references that are read again
    // Declared in order of life.
    PluginHost plugins_;
    std::shared_ptr<Backend> backend_;
    std::map<std::string, std::shared_ptr<EndpointState>> endpoints_;
    std::map<std::string, std::shared_ptr<PoolImpl>> pools_;
    std::multimap<std::string, std::shared_ptr<PoolImpl>> pools_by_endpoint_;
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
