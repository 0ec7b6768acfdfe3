// A properties file. Reading it never throws; what was read can be written, with every character
// escaped that has to be, and is read again as the same; and so is the whole configuration.

#include "config/properties_file.hpp"
#include "config/runtime_config.hpp"
#include "core/option_rules.hpp"
#include "fuzz_target.hpp"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace {

using namespace cistern::fuzz;

std::string escaped(std::string_view text) {
    constexpr std::string_view kThemselves = "\\ =:#!\"'";
    std::string escaped;
    for (const char c : text) {
        if (kThemselves.find(c) != std::string_view::npos) {
            escaped += {'\\', c};
        } else if ((c >= '\0' && c < ' ') || c == '\x7f') {
            std::array<char, 7> unit{};
            std::snprintf(unit.data(), unit.size(), "\\u%04x", static_cast<unsigned>(c));
            escaped += unit.data();
        } else {
            escaped += c;
        }
    }
    return escaped;
}

std::string written(const cistern::PropertiesFile& file) {
    std::string text = "# written anew\r\n\n";
    for (const auto& entry : file.entries) {
        const bool is_tight = entry.line % 2 == 0;
        text += is_tight ? escaped(entry.key) + "=" + escaped(entry.value) + "\n"
                         : "  " + escaped(entry.key) + " \\\n\t= " + escaped(entry.value) + " \r";
    }
    return text;
}

void check_entries(std::string_view input) {
    const auto file = cistern::parse_properties(input, "fuzz");
    for (const auto& entry : file.entries) {
        require(!entry.key.empty(), "a key without a name");
        require(entry.line >= 1, "an entry without a line");
    }
    if (!file.problems.empty()) {
        return;  // of bytes that are no text, for example, which cannot be written
    }
    const auto again = cistern::parse_properties(written(file), "fuzz");
    require(again.problems.empty(), "what was written is refused");
    require(again.entries.size() == file.entries.size(), "another number of entries");
    for (std::size_t at = 0; at < file.entries.size(); ++at) {
        require(file.entries[at].key == again.entries[at].key, "another key");
        require(file.entries[at].value == again.entries[at].value, "another value");
    }
}

// One file for the life of the process, in a folder of its own.
class ConfigFile {
public:
    ConfigFile() { std::filesystem::create_directories(folder_); }
    ConfigFile(const ConfigFile&) = delete;
    ConfigFile& operator=(const ConfigFile&) = delete;
    ~ConfigFile() { std::filesystem::remove_all(folder_); }

    cistern::LoadedConfig load(std::string_view text) const {
        const auto path = folder_ / "cistern.properties";
        std::ofstream{path, std::ios::binary} << text;
        return cistern::load_config(path, {{"HOME", "/home/x"}}, option_problems);
    }

private:
    static std::vector<cistern::OptionProblem> option_problems(
        const cistern::PoolOptions& options) {
        std::vector<cistern::OptionProblem> problems;
        for (const auto& [key, message] : cistern::core::check_options(options)) {
            problems.push_back({key, message});
        }
        return problems;
    }

    const std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() / ("cistern-fuzz-" + std::to_string(::getpid()));
};

void check_configuration(std::string_view input) {
    constexpr std::size_t kLongest = 500;  // each misspelt key is compared with all that are known
    if (input.size() > kLongest || input.find("file:") != std::string_view::npos) {
        return;  // ${file:...} would read whatever file that names
    }
    static const ConfigFile file;
    const auto loaded = file.load(input);
    for (const auto& problem : loaded.problems) {
        require(!problem.empty(), "a problem without a word");
    }
    if (!loaded.problems.empty()) {
        return;
    }
    const auto again = file.load(written(cistern::parse_properties(input, "fuzz")));
    require(again.problems.empty(), "what was written is judged otherwise");
    require(again.config.pools.size() == loaded.config.pools.size(), "another number of pools");
    for (std::size_t at = 0; at < loaded.config.pools.size(); ++at) {
        const auto& pool = loaded.config.pools[at];
        const auto& pool_again = again.config.pools[at];
        require(pool.name == pool_again.name && pool.plugin == pool_again.plugin, "another pool");
        require(pool.settings.size() == pool_again.settings.size(), "other settings");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto input = text_of(data, size);
    check_entries(input);
    check_configuration(input);
    return 0;
}
