#include "connect.hpp"

#include "url_secrets.hpp"

#include <cistern/acquire_timeout.hpp>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace hive_query {
namespace {

constexpr const char* kPoolName = "hive-query";

[[nodiscard]] std::string joined(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& name : names) {
        out += (out.empty() ? "" : ", ") + name;
    }
    return out;
}

// Settings may hold references, ${env:NAME}; what stands on a command line means itself.
[[nodiscard]] std::string literal(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        out += text.substr(at, 2) == "${" ? "$$" : text.substr(at, 1);
    }
    return out;
}

}  // namespace

cistern::RuntimeSpec runtime_spec(const Options& options,
                                  const std::optional<cistern::Secret>& password) {
    cistern::PoolSpec pool{.name = kPoolName, .plugin = "hive"};
    pool.options["max_size"] = std::to_string(options.pool_size.value_or(options.workers));
    // A person waits at the other end and can try again better than we can.
    pool.options["retry.max_attempts"] = "1";
    // A cold server may start much before it has a session to offer.
    pool.options["connect_timeout"] = options.connect_timeout.value_or("30s");
    // More workers than connections wait for as long as the others' statements take.
    pool.options["acquire_timeout"] = "24h";
    pool.settings["url"] = literal(options.url);
    if (!options.user.empty()) {
        pool.settings["user"] = literal(options.user);
    }
    if (password) {
        pool.settings["password"] = literal(password->reveal());
    }
    if (options.fetch_size) {
        pool.settings["fetch_size"] = std::to_string(*options.fetch_size);
    }
    for (const auto& [key, value] : options.hiveconf) {
        pool.settings["conf." + key] = literal(value);
    }
    for (const auto& [key, value] : options.hivevar) {
        pool.settings["var." + key] = literal(value);
    }
    cistern::RuntimeSpec spec;
    spec.plugin_dirs.assign(options.plugin_dirs.begin(), options.plugin_dirs.end());
    spec.pools.push_back(std::move(pool));
    return spec;
}

cistern::Runtime make_runtime(const Options& options,
                              const std::optional<cistern::Secret>& password) {
    if (!options.conf_file.empty()) {
        return cistern::Runtime::from_file(options.conf_file);
    }
    if (!options.url.empty()) {
        return cistern::Runtime::from_spec(runtime_spec(options, password));
    }
    throw UsageError{
        "nowhere to connect to: give -u jdbc:hive2://host:10000/database, or --conf FILE --pool "
        "NAME"};
}

std::string pool_name(const Options& options, const cistern::Runtime& runtime) {
    if (!options.pool.empty()) {
        return options.pool;
    }
    const std::vector<std::string> names = runtime.pool_names();
    if (names.size() == 1) {
        return names.front();
    }
    throw UsageError{"--pool is missing; the file describes " +
                     (names.empty() ? std::string{"no pool"} : joined(names))};
}

std::string command_line_terms(std::string text) {
    for (const std::string_view origin : {"in code: ", "pool.hive-query: "}) {
        for (auto at = text.find(origin); at != std::string::npos; at = text.find(origin)) {
            text.erase(at, origin.size());
        }
    }
    return text;
}

std::string connect_failure_text(const cistern::Error& error, const Options& options) {
    std::string text = std::string{"hive-query: no connection: "} + error.what();
    const bool has_principal = options.url.find(";principal=") != std::string::npos;
    if (dynamic_cast<const cistern::AuthError*>(&error) != nullptr) {
        if (has_principal) {
            return text;  // no password is at fault, and Kerberos has said what to do
        }
        text +=
            options.conf_file.empty()
                ? "\n  Check the user (-n) and the password (-w FILE, -p or HIVE_QUERY_PASSWORD)."
                : "\n  Check the pool's user and password in the properties file.";
    } else if (!options.url.empty()) {
        text += "\n  Is the server running, and is the address right? It is " +
                without_secrets(options.url) + ".";
    }
    return text;
}

}  // namespace hive_query
