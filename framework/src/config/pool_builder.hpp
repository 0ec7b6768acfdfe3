#pragma once

#include "runtime_config.hpp"
#include "schema.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace cistern {

// "conf/cistern.properties:12: pool.a.max_size = "x": must be ...". A hidden value stays out.
[[nodiscard]] std::string value_problem(const FoundSetting& found, const std::string& why);

// True for a name of pools and plugins: letters, digits, _ and -. Dots would make keys ambiguous,
// and a slash would make a plugin's name a path.
[[nodiscard]] bool is_name(std::string_view name);

// Puts one pool together from what was found, wherever it was found.
class PoolBuilder {
public:
    PoolBuilder(std::string name, const FoundSetting& plugin, Problems& problems);

    // Gives `found` to the option or connector setting called `key`, which is the part after
    // "pool.<pool>."; reports it when there is none. A later one wins over an earlier one.
    void add(const std::string& key, FoundSetting found);
    // The same for what is known to be a connector's setting, by the connector's own name.
    void add_setting(const std::string& setting, FoundSetting found);
    // ... unless it is known already.
    void add_default(const std::string& setting, FoundSetting found);
    void add_override(const std::string& upper_setting, FoundSetting found);

    // The pool, after its options have been held against each other.
    [[nodiscard]] PoolConfig finish(const OptionRules& rules);

    [[nodiscard]] const std::string& name() const noexcept { return pool_.name; }
    [[nodiscard]] const std::string& plugin() const noexcept { return pool_.plugin; }
    // Where a missing setting could be given.
    void set_remedy(std::string remedy) { pool_.remedy = std::move(remedy); }

private:
    [[nodiscard]] bool add_option(const std::string& key, const FoundSetting& found);
    void report_unknown(const std::string& key, const FoundSetting& found);

    PoolConfig pool_;
    Problems& problems_;
    std::vector<PoolOption> table_ = pool_option_table();
    std::map<std::string, FoundSetting> given_{};  // options, by name
    std::set<std::string> refused_{};              // options whose value is not allowed
};

}  // namespace cistern
