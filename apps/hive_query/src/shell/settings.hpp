#pragma once

#include "../options.hpp"

#include <string>
#include <utility>
#include <vector>

namespace hive_query {

// The options that !set changes while the program runs, by their names on the command line.
[[nodiscard]] const std::vector<std::string>& setting_names();

// Sets one, with the checks and the words of the command line. UsageError when there is no such
// setting, naming the nearest, or when the value is none.
void change_setting(Options& options, const std::string& name, const std::string& value);

// Gives `options` all settings of `from`.
void keep_settings(Options& options, const Options& from);

// Each setting and its value, as !set alone shows them.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> settings_of(const Options& options);

}  // namespace hive_query
