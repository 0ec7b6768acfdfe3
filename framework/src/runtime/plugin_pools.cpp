#include "runtime/plugin_pools.hpp"

#include <exception>
#include <utility>

namespace cistern {
namespace {

// A plugin may throw anything; whatever it is becomes a sentence.
template <class Work>
std::string problem_of(Work work) {
    try {
        work();
        return {};
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {
        return "threw something that is no std::exception";
    }
}

class PoolChecker {
public:
    PoolChecker(PluginHost& plugins, CheckedPools& result) : plugins_{plugins}, result_{result} {}

    void check(const PoolConfig& pool) {
        std::unique_ptr<Connector> connector;
        Settings declared;
        const auto make = [&] {
            connector = plugins_.create(pool.plugin);
            declared = connector->settings();
        };
        if (auto why = problem_of(make); !why.empty()) {
            result_.problems.push_back(pool.origin + ": " + why);
            return;
        }
        auto checked = check_settings(pool, declared);
        if (!checked.problems.empty()) {
            add(std::move(checked.problems));
            return;
        }
        ConnectorConfig settings{pool.name, std::move(checked.values)};
        std::string endpoint;
        const auto ask = [&] {
            connector->check(settings);
            endpoint = connector->endpoint(settings);
        };
        if (auto why = problem_of(ask); !why.empty()) {
            add({pool.origin + ": pool." + pool.name + ": " + why});
            return;
        }
        if (pool.options.backend != BackendKind::kThread) {
            add({pool.origin + ": pool." + pool.name +
                 ".backend: this version has the thread backend only; right would be thread"});
            return;
        }
        result_.pools.push_back({.name = pool.name,
                                 .plugin = pool.plugin,
                                 .options = pool.options,
                                 .connector = std::move(connector),
                                 .settings = std::move(settings),
                                 .endpoint = std::move(endpoint)});
    }

private:
    void add(Problems found) {
        result_.only_plugins_failed = false;
        for (auto& problem : found) {
            result_.problems.push_back(std::move(problem));
        }
    }

    PluginHost& plugins_;
    CheckedPools& result_;
};

}  // namespace

CheckedPools check_pools(LoadedConfig loaded, PluginHost& plugins) {
    CheckedPools result;
    result.only_plugins_failed = loaded.problems.empty();
    result.problems = std::move(loaded.problems);
    if (!loaded.config.pools.empty()) {
        plugins.load(loaded.config.plugin_dirs);
    }
    PoolChecker checker{plugins, result};
    for (const auto& pool : loaded.config.pools) {
        checker.check(pool);
    }
    return result;
}

}  // namespace cistern
