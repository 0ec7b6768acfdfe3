#pragma once

#include <sys/types.h>

#include <filesystem>
#include <set>
#include <string>

namespace cistern {

// Who may change what this process runs. Root and the effective user always; and whoever can change
// libcistern's own file or a folder above it, because a plugin gives them nothing that they do not
// have already. The latter is what lets a build tree of another user, mounted into a container,
// work.
struct Trust {
    std::set<uid_t> owners;
    std::set<gid_t> groups;
};

[[nodiscard]] Trust trust_of(const std::filesystem::path& library);

// Why somebody who is not trusted could replace the file at `path`: it or a folder above it belongs
// to them or can be written by them. Empty: nobody could. Folders with the sticky bit above the
// plugin's own, such as /tmp, are let through: in them nobody can replace what another one owns.
// REQUIRES: `path` is canonical
[[nodiscard]] std::string trust_problem(const std::filesystem::path& path, const Trust& trust);

}  // namespace cistern
