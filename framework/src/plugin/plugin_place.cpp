#include "plugin_place.hpp"

#include <cistern/plugin_report.hpp>

#include <dlfcn.h>

#include <system_error>

namespace cistern {
namespace {

// Anything that lies in this library; its address tells the dynamic loader which file is meant.
const char kInThisLibrary = 0;

}  // namespace

std::filesystem::path library_path() {
    Dl_info found{};
    if (::dladdr(&kInThisLibrary, &found) == 0 || found.dli_fname == nullptr) {
        return {};
    }
    std::error_code failed;
    auto path = std::filesystem::canonical(found.dli_fname, failed);
    return failed ? std::filesystem::path{found.dli_fname} : path;
}

std::filesystem::path probe_path() {
    return library_path().parent_path() / "cistern" / "cistern-plugin-probe";
}

std::filesystem::path default_plugin_dir() {
    return library_path().parent_path() / "cistern" / "plugins";
}

}  // namespace cistern
