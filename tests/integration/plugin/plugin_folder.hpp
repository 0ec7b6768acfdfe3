#pragma once

#include "support/test_folder.hpp"

#include <cistern/plugin_report.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace cistern::test {

// A plugin folder of one test's own, closed to others and removed at the end.
class PluginFolder {
public:
    // Puts a copy of the specimen `name` into the folder, as `as` if given.
    std::filesystem::path add(const std::string& name, const std::string& as = {});
    // Puts a file with this content into the folder.
    std::filesystem::path write(const std::string& file, const std::string& content);

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return folder_.path(); }
    // What a host says about the folder's files.
    [[nodiscard]] std::vector<PluginReport> inspect() const { return inspect_plugins({path()}); }
    // The only report about the folder.
    [[nodiscard]] PluginReport inspect_one() const;

private:
    TestFolder folder_;
};

// The bytes of a specimen.
[[nodiscard]] std::string specimen_bytes(const std::string& name);

}  // namespace cistern::test
