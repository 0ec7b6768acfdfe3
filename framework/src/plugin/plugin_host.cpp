// The one file that knows Poco's class loader.

#include "plugin_host.hpp"

#include "elf_dynamic.hpp"
#include "elf_image.hpp"
#include "plugin_absent.hpp"
#include "plugin_file.hpp"
#include "plugin_library.hpp"
#include "plugin_place.hpp"
#include "plugin_probe.hpp"
#include "plugin_seal.hpp"
#include "plugin_search.hpp"
#include "plugin_trial.hpp"
#include "plugin_trust.hpp"

#include <Poco/ClassLoader.h>
#include <Poco/Exception.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace cistern {
namespace {

namespace fs = std::filesystem;
using Loader = Poco::ClassLoader<Connector>;

// Runs code of a plugin. Empty when it went well; otherwise what it threw.
template <class Work>
std::optional<std::string> thrown_by(const Work& work) noexcept {
    try {
        work();
        return std::nullopt;
    } catch (const Poco::Exception& error) {
        return error.displayText();
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {
        return "something that is no std::exception";
    }
}

// A file on its way through the checks. It stays open until it is loaded.
struct Checked {
    std::unique_ptr<PluginFile> file;
    Seal seal = Seal::kNone;
};

// Why the file at `path` cannot be a plugin, as far as can be told without loading it.
std::string check_file(const fs::path& path, const Trust& trust, Checked& checked) {
    checked.file = std::make_unique<PluginFile>(path);
    const auto& file = *checked.file;
    if (!file.problem().empty()) {
        return file.problem();
    }
    if (auto problem = trust_problem(path, trust); !problem.empty()) {
        return "is not safe to load: " + problem;
    }
    const ElfImage image{file};
    if (!image.problem().empty()) {
        return image.problem();
    }
    checked.seal = check_seal(file, image.end());
    if (checked.seal == Seal::kBroken) {
        return "is damaged or was changed after it was built: it does not match its own seal; "
               "build or install the plugin again";
    }
    return dynamic_problem(file, image);
}

// Loads the file and compares its tag, before anything of C++ crosses.
std::string load_checked(PluginReport& report, const PluginFile& file) {
    const auto library = load_library(report.path);
    if (library.handle == nullptr) {
        return library.problem;
    }
    // Somebody who may write here, such as a build, has put another file in the checked one's
    // place. Opening by descriptor would rule that out, but then neither debuggers nor the plugin's
    // own run path would know where it lies.
    if (!file.is_still_at(report.path)) {
        return "changed while it was being loaded; start again once it is complete";
    }
    report.tag = plugin_tag_of(library);
    return tag_problem(report.tag);
}

// Makes one connector for trial, and asks it for its settings. They are copied while what that
// throws is still caught: a plugin that is not sound gives away lists of any length.
std::string try_connector(const Loader::Meta& meta, PluginReport& report) {
    const std::string name{meta.name()};
    Settings settings;
    const auto thrown = thrown_by([&] {
        const std::unique_ptr<Connector> connector{meta.create()};
        const auto given = connector->settings();
        settings = given;
    });
    if (thrown) {
        return "cannot make its connector \"" + name + "\": " + *thrown +
               "; a connector must come into being without anything that may fail: move that to "
               "connect()";
    }
    if (report.names.empty()) {
        report.settings = std::move(settings);
    }
    report.names.push_back(name);
    return {};
}

// Reads which connectors a loaded plugin offers.
std::string read_manifest(Loader& loader, PluginReport& report) {
    const auto path = report.path.string();
    if (const auto thrown = thrown_by([&] { loader.loadLibrary(path); })) {
        return "its list of connectors cannot be read: " + *thrown +
               "; a plugin ends in CISTERN_EXPORT_CONNECTOR(Type, \"name\")";
    }
    const auto& manifest = loader.manifestFor(path);
    if (!manifest.twice().empty()) {
        return "offers the name \"" + manifest.twice().front() +
               "\" twice; give each of its connectors a name of its own";
    }
    if (manifest.empty()) {
        return "offers no connector; a plugin ends in CISTERN_EXPORT_CONNECTOR(Type, \"name\")";
    }
    for (auto at = manifest.begin(); at != manifest.end(); ++at) {
        if (auto problem = try_connector(**at, report); !problem.empty()) {
            return problem;
        }
    }
    return {};
}

void refuse(PluginReport& report, const std::string& problem) {
    report.usable = false;
    report.problem = report.path.string() + ": " + problem;
}

// What is wrong with one file keeps nobody from using the others.
template <class Step>
void take_step(PluginReport& report, const Step& step) {
    if (!report.problem.empty()) {
        return;
    }
    if (const auto problem = step(); !problem.empty()) {
        refuse(report, problem);
    }
}

}  // namespace

class PluginHost::Impl {
public:
    // Every file is bound before Poco sees the first: Poco makes what it opens visible to libraries
    // that are bound later.
    void load(const std::vector<fs::path>& dirs) {
        dirs_ = dirs.empty() ? std::vector{default_plugin_dir()} : dirs;
        const auto trust = trust_of(library_path());
        std::vector<Checked> checked;
        for (const auto& candidate : find_plugins(dirs_)) {
            auto& report = reports_.emplace_back();
            report.path = candidate.path;
            report.problem = candidate.problem;
            auto& file = checked.emplace_back();
            take_step(report, [&] { return check_file(report.path, trust, file); });
            report.sealed = file.seal == Seal::kIntact;
        }
        try_out(checked);
        for (std::size_t i = 0; i < reports_.size(); ++i) {
            take_step(reports_[i], [&] { return load_checked(reports_[i], *checked[i].file); });
        }
        for (auto& report : reports_) {
            take_step(report, [&] { return read_manifest(loader_, report); });
            report.usable = report.problem.empty();
        }
        settle_names();
    }

    [[nodiscard]] std::unique_ptr<Connector> create(const std::string& name) const {
        const auto owner = owners_.find(name);
        if (owner == owners_.end()) {
            throw PluginError{absent_plugin_text(name, dirs_, reports_)};
        }
        const auto path = owner->second.string();
        std::unique_ptr<Connector> made;
        const auto thrown =
            thrown_by([&] { made.reset(loader_.manifestFor(path).find(name)->create()); });
        if (thrown) {
            throw PluginError{path + ": cannot make its connector \"" + name + "\": " + *thrown};
        }
        return made;
    }

    [[nodiscard]] bool offers(const std::string& name) const noexcept {
        return owners_.find(name) != owners_.end();
    }
    [[nodiscard]] const std::vector<PluginReport>& reports() const noexcept { return reports_; }

private:
    // A plugin that this process has already needs no trial.
    void try_out(const std::vector<Checked>& checked) {
        std::vector<PluginReport*> sealed;
        std::vector<fs::path> paths;
        for (std::size_t i = 0; i < reports_.size(); ++i) {
            auto& report = reports_[i];
            if (!report.problem.empty() || is_library_loaded(report.path)) {
                continue;
            }
            if (checked[i].seal == Seal::kIntact) {
                sealed.push_back(&report);
                paths.push_back(report.path);
            } else {
                take_step(report, [&] { return problem_of_unsealed(try_closely(report.path)); });
            }
        }
        const auto results = try_in_another_process(paths);
        for (std::size_t i = 0; i < sealed.size(); ++i) {
            take_step(*sealed[i], [&] { return problem_of_sealed(results[i]); });
        }
    }

    // A whole plugin may do without a trial when there is no probe to be had.
    static std::string problem_of_sealed(const TrialResult& result) {
        return result.problem.empty() || !result.was_tried
                   ? std::string{}
                   : "the program that tried it out " + result.problem +
                         "; the plugin is faulty, mend it and build it again";
    }

    static std::string problem_of_unsealed(const TrialResult& result) {
        if (result.was_tried) {
            return result.problem.empty()
                       ? std::string{}
                       : "the program that tried it out " + result.problem +
                             "; the plugin is damaged or faulty, build or install it again";
        }
        return "carries no seal, and the program that would try it out cannot be run: " +
               result.problem +
               "; install cistern completely, or build the plugin with cistern_add_plugin()";
    }

    // Of two files that offer the same name neither is used: which one a pool gets must not hang on
    // the order of folders.
    void settle_names() {
        std::map<std::string, std::vector<PluginReport*>> offers;
        for (auto& report : reports_) {
            if (report.usable) {
                for (const auto& name : report.names) {
                    offers[name].push_back(&report);
                }
            }
        }
        for (const auto& [name, from] : offers) {
            if (from.size() == 1) {
                continue;
            }
            for (auto* const report : from) {
                const auto* const other = report == from.front() ? from.back() : from.front();
                refuse(*report,
                       "offers the name \"" + name + "\", and so does " + other->path.string() +
                           "; remove one of the two, or list only one of their folders in "
                           "plugins.dir");
            }
        }
        for (const auto& report : reports_) {
            if (report.usable) {
                for (const auto& name : report.names) {
                    owners_.emplace(name, report.path);
                }
            }
        }
    }

    Loader loader_;
    std::vector<fs::path> dirs_;
    std::vector<PluginReport> reports_;
    std::map<std::string, fs::path> owners_;  // by name, of what can be created
};

PluginHost::PluginHost() : impl_{std::make_unique<Impl>()} {}
PluginHost::PluginHost(PluginHost&& other) noexcept = default;
PluginHost& PluginHost::operator=(PluginHost&& other) noexcept = default;
PluginHost::~PluginHost() = default;

void PluginHost::load(const std::vector<fs::path>& dirs) {
    impl_->load(dirs);
}

bool PluginHost::offers(const std::string& name) const noexcept {
    return impl_->offers(name);
}

std::unique_ptr<Connector> PluginHost::create(const std::string& name) const {
    return impl_->create(name);
}

const std::vector<PluginReport>& PluginHost::reports() const noexcept {
    return impl_->reports();
}

std::vector<PluginReport> inspect_plugins(const std::vector<fs::path>& dirs) {
    PluginHost host;
    host.load(dirs);
    return host.reports();
}

// What is wrong with it is of no interest here: only whether the process lives.
void try_here(const fs::path& plugin) noexcept {
    Loader loader;
    PluginReport report;
    report.path = plugin;
    const PluginFile file{plugin};
    take_step(report, [&] { return load_checked(report, file); });
    take_step(report, [&] { return read_manifest(loader, report); });
}

}  // namespace cistern
