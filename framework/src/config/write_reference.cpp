// usage: cistern_write_reference ROOT --check|--write PLUGIN...
//
// Writes the reference files below ROOT from the tables in the code and the settings of the
// PLUGINs, or says which of them differ. Plugins are files; the framework is used as any program
// uses it, so the texts come from objects of this program's own.

#include "reference_text.hpp"

#include <cistern/plugin_report.hpp>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string_view>

namespace {

namespace fs = std::filesystem;

cistern::PluginReference reference_of(const fs::path& plugin) {
    for (const auto& report : cistern::inspect_plugins({plugin.parent_path()})) {
        if (report.path.filename() != plugin.filename()) {
            continue;
        }
        if (!report.usable) {
            throw std::runtime_error{report.problem};
        }
        return {report.names.front(), report.settings};
    }
    throw std::runtime_error{plugin.string() + ": there is no such plugin"};
}

std::map<fs::path, std::string> reference_files(
    const std::vector<cistern::PluginReference>& plugins) {
    std::map<fs::path, std::string> files{
        {"conf/cistern.properties", cistern::reference_properties()},
        {"docs/configuration.md", cistern::manual_page(plugins)},
    };
    for (const auto& plugin : plugins) {
        files.emplace("conf/plugins/" + plugin.name + ".properties",
                      cistern::plugin_properties(plugin));
    }
    return files;
}

std::string content_of(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

bool settle(const fs::path& path, const std::string& text, bool is_check) {
    if (content_of(path) == text) {
        return true;
    }
    if (is_check) {
        std::cout << path.string() << " differs from the tables in the code; run the target "
                  << "cistern_write_reference and commit what it writes\n";
        return false;
    }
    fs::create_directories(path.parent_path());
    std::ofstream{path, std::ios::binary} << text;
    std::cout << path.string() << " written\n";
    return true;
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc < 3) {
        std::cerr << "usage: cistern_write_reference ROOT --check|--write PLUGIN...\n";
        return 1;
    }
    std::vector<cistern::PluginReference> plugins;
    for (int i = 3; i < argc; ++i) {
        plugins.push_back(reference_of(argv[i]));
    }
    bool is_settled = true;
    for (const auto& [path, text] : reference_files(plugins)) {
        is_settled =
            settle(fs::path{argv[1]} / path, text, std::string_view{argv[2]} == "--check") &&
            is_settled;
    }
    return is_settled ? 0 : 1;
} catch (const std::exception& error) {
    std::cerr << "cistern_write_reference: " << error.what() << '\n';
    return 1;
}
