#include "runtime/plugin_pools.hpp"

#include "backend/task/task_kinds.hpp"
#include "base/nearest.hpp"
#include "config/message_text.hpp"

#include <algorithm>
#include <exception>
#include <optional>
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

// What the program would have to be linked with; empty when it has the backend.
std::string missing_library(BackendKind backend) {
    if (backend == BackendKind::kThread || find_task_kind(backend) != nullptr) {
        return {};
    }
    return backend == BackendKind::kFiber ? "cistern::fiber" : "cistern::asio";
}

// "conf/cistern.properties:12: pool.a.match_by", for an option that was given.
std::string key_of(const PoolConfig& pool, const std::string& option) {
    return pool.option_origins.at(option) + ": pool." + pool.name + "." + option;
}

class PoolChecker {
public:
    PoolChecker(PluginHost& plugins, const CredentialsProviders* credentials, CheckedPools& result)
        : plugins_{plugins}, credentials_{credentials}, result_{result} {}

    void check(const PoolConfig& pool) {
        std::shared_ptr<Connector> connector;
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
        const auto match_by = find_match_by(pool, declared, checked.address);
        const auto refusal = credentials_problem(pool, declared);
        if (!refusal.empty()) {
            add({key_of(pool, "credentials") + ": " + refusal});
        }
        if (!match_by || !refusal.empty()) {
            return;
        }
        ConnectorConfig settings{pool.name, std::move(checked.values)};
        if (auto why = check_with_plugin(pool, *connector, settings, checked.address);
            !why.empty()) {
            add({std::move(why)});
            return;
        }
        if (const auto missing = missing_library(pool.options.backend); !missing.empty()) {
            add({key_of(pool, "backend") + ": this program is not linked with " + missing +
                 ", which has that backend; right would be thread, or to link it"});
            return;
        }
        result_.pools.push_back({.name = pool.name,
                                 .plugin = pool.plugin,
                                 .options = pool.options,
                                 .connector = std::move(connector),
                                 .settings = std::move(settings),
                                 .match_by = *match_by,
                                 .address = std::move(checked.address)});
    }

private:
    [[nodiscard]] static std::string check_with_plugin(const PoolConfig& pool,
                                                       Connector& connector,
                                                       const ConnectorConfig& settings,
                                                       const std::string& address) {
        const auto check = [&](const ConnectorConfig& conf) {
            return problem_of([&] {
                connector.check(conf);
                static_cast<void>(connector.endpoint(conf));
            });
        };
        if (address.empty()) {
            const auto why = check(settings);
            return why.empty() ? why : pool.origin + ": pool." + pool.name + ": " + why;
        }
        for (const auto& endpoint : pool.options.endpoints) {
            const auto why = check(settings.with(address, {endpoint, key_of(pool, "endpoints")}));
            if (!why.empty()) {
                return key_of(pool, "endpoints") + ": with " + endpoint + ": " + why;
            }
        }
        return {};
    }

    [[nodiscard]] std::string credentials_problem(const PoolConfig& pool,
                                                  const Settings& declared) const {
        const auto& name = pool.options.credentials;
        if (name.empty()) {
            return {};
        }
        const bool takes_password =
            std::any_of(declared.begin(), declared.end(), [](auto& setting) {
                return setting.name == "password";
            });
        if (!declared.empty() && !takes_password) {
            return "the plugin " + pool.plugin +
                   " has no setting password that credentials could take the place of";
        }
        if (pool.settings.contains("password")) {
            return "is given, and so is the plugin's password; right would be one of them";
        }
        if (credentials_ == nullptr) {
            return {};
        }
        if (const auto found = credentials_->find(name);
            found != credentials_->end() && found->second != nullptr) {
            return {};
        }
        std::vector<std::string> known;
        for (const auto& [given, provider] : *credentials_) {
            known.push_back(given);
        }
        return "the program gives no credentials called \"" + name + "\"" +
               guess_text(name, known, "; a program gives them in RuntimeOptions::credentials");
    }

    // The setting that options.match_by names; none in particular when it is empty.
    std::optional<Setting> find_match_by(const PoolConfig& pool,
                                         const Settings& declared,
                                         const std::string& address) {
        const auto& name = pool.options.match_by;
        if (name.empty()) {
            return Setting{};
        }
        if (name == address) {
            add({key_of(pool, "match_by") + " = \"" + name +
                 "\": must be another setting with endpoints (" +
                 pool.option_origins.at("endpoints") + "), which say where to connect to"});
            return std::nullopt;
        }
        if (name == "user" && !pool.options.credentials.empty()) {
            add({key_of(pool, "match_by") +
                 " = \"user\": must be another setting with credentials, which give the "
                 "user themselves"});
            return std::nullopt;
        }
        std::vector<std::string> names;
        for (const auto& setting : declared) {
            if (setting.type == SettingType::kSecret) {
                continue;
            }
            if (setting.name == name) {
                return setting;
            }
            names.push_back(setting.name);
        }
        add({key_of(pool, "match_by") + " = \"" + name + "\": must be a setting of the plugin " +
             pool.plugin + " that is no secret" +
             guess_text(name, names, "; it has " + one_of(names))});
        return std::nullopt;
    }

    void add(Problems found) {
        result_.only_plugins_failed = false;
        for (auto& problem : found) {
            result_.problems.push_back(std::move(problem));
        }
    }

    PluginHost& plugins_;
    const CredentialsProviders* credentials_;
    CheckedPools& result_;
};

}  // namespace

CheckedPools check_pools(LoadedConfig loaded,
                         PluginHost& plugins,
                         const CredentialsProviders* credentials) {
    CheckedPools result;
    result.only_plugins_failed = loaded.problems.empty();
    result.problems = std::move(loaded.problems);
    if (!loaded.config.pools.empty()) {
        plugins.load(loaded.config.plugin_dirs);
    }
    PoolChecker checker{plugins, credentials, result};
    for (const auto& pool : loaded.config.pools) {
        checker.check(pool);
    }
    return result;
}

}  // namespace cistern
