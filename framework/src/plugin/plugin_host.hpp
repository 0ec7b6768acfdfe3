#pragma once

#include <cistern/connector.hpp>
#include <cistern/plugin_report.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace cistern {

// Finds, checks and loads plugins, and makes connectors of them. What it loads stays in the process
// for good: connections, exceptions and tasks of a plugin may outlive everything that knew it.
//
// Thread safety:  load() belongs to one task; const members may be called by any number at once.
// Ownership:      a connector belongs to its caller and may outlive the host.
// Waiting:        for files, and for the trial of a plugin that carries no seal (plugin_trial.hpp).
// Errors:         load() reports instead of throwing; create() throws PluginError.
class PluginHost {
public:
    PluginHost();
    PluginHost(PluginHost&& other) noexcept;
    PluginHost& operator=(PluginHost&& other) noexcept;
    ~PluginHost();

    // Loads every *.so in `dirs`, in order; empty: default_plugin_dir(). A file that cannot be used
    // is reported and does no harm to the others.
    void load(const std::vector<std::filesystem::path>& dirs);

    // True when create(name) can succeed.
    [[nodiscard]] bool offers(const std::string& name) const noexcept;
    // A new connector. PluginError that tells every folder and file looked at when there is none
    // called `name`, when two files claim the name, or when its factory throws.
    [[nodiscard]] std::unique_ptr<Connector> create(const std::string& name) const;

    // What became of each file, in the order of the search.
    [[nodiscard]] const std::vector<PluginReport>& reports() const noexcept;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace cistern
