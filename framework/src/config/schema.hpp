#pragma once

#include <cistern/pool_options.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace cistern {

// A key that stands outside the pools' options: what is loaded and which pools there are.
struct FrameworkKey {
    std::string name;
    std::string allowed;
    std::string default_text;  // empty: none
    std::string meaning;
};

// One option of a pool. Its default is PoolOptions' own.
struct PoolOption {
    std::string name;     // "retry.max_delay": pool.<name>.retry.max_delay in a file
    std::string type;     // a word for tables
    std::string range;    // "1 to 100000", or the choices
    std::string allowed;  // a phrase that completes "must be"
    std::string default_text;
    std::string meaning;  // one sentence
    std::string zero{};   // what zero means, where it means something of its own
    // Reads `text` into its place; false, and nothing changed, when it is not allowed.
    std::function<bool(PoolOptions&, std::string_view)> store;
};

// Every key that the framework knows by itself, in the order in which a reader wants to learn them.
// Parsing, checking, the manual page and the reference files all come from these two.
[[nodiscard]] std::vector<FrameworkKey> framework_keys();
[[nodiscard]] std::vector<PoolOption> pool_option_table();

// The names alone.
[[nodiscard]] std::vector<std::string> pool_option_names();

}  // namespace cistern
