#include "plugin_trust.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace cistern {
namespace {

namespace fs = std::filesystem;

std::string component_problem(const fs::path& component, bool may_be_sticky, const Trust& trust) {
    struct stat facts {};
    if (::lstat(component.c_str(), &facts) != 0) {
        return component.string() +
               " cannot be looked at: " + std::generic_category().message(errno);
    }
    if (!trust.owners.contains(facts.st_uid)) {
        return component.string() + " belongs to user " + std::to_string(facts.st_uid) +
               ", who could replace it; it must belong to root or to the user this program runs as "
               "(chown)";
    }
    if (may_be_sticky && (facts.st_mode & S_ISVTX) != 0) {
        return {};
    }
    if ((facts.st_mode & S_IWOTH) != 0) {
        return component.string() + " can be written by everybody; close it with chmod o-w";
    }
    if ((facts.st_mode & S_IWGRP) != 0 && !trust.groups.contains(facts.st_gid)) {
        return component.string() + " can be written by the group " + std::to_string(facts.st_gid) +
               "; close it with chmod g-w";
    }
    return {};
}

}  // namespace

Trust trust_of(const fs::path& library) {
    Trust trust{{0, ::geteuid()}, {}};
    auto component = library;
    while (true) {
        struct stat facts {};
        if (::lstat(component.c_str(), &facts) == 0) {
            trust.owners.insert(facts.st_uid);
            if ((facts.st_mode & S_IWGRP) != 0) {
                trust.groups.insert(facts.st_gid);
            }
        }
        if (!component.has_relative_path()) {
            return trust;
        }
        component = component.parent_path();
    }
}

std::string trust_problem(const fs::path& path, const Trust& trust) {
    auto component = path;
    const auto own_folder = path.parent_path();
    while (true) {
        const bool is_above = component != path && component != own_folder;
        auto problem = component_problem(component, is_above, trust);
        if (!problem.empty() || !component.has_relative_path()) {
            return problem;
        }
        component = component.parent_path();
    }
}

}  // namespace cistern
