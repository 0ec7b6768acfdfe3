#include "plugin_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace cistern {
namespace {

bool same_instant(const timespec& a, const timespec& b) {
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

std::string kind_problem(const struct stat& facts) {
    if (S_ISDIR(facts.st_mode)) {
        return "is a folder; remove it or move it out of the plugin folder";
    }
    if (!S_ISREG(facts.st_mode)) {
        return "is no regular file; put the plugin itself there";
    }
    if (facts.st_size == 0) {
        return "is empty; build or install the plugin again";
    }
    return {};
}

}  // namespace

// Without O_NONBLOCK a pipe's name would make the caller wait for a writer.
PluginFile::PluginFile(const std::filesystem::path& path)
    : descriptor_{::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)} {
    if (descriptor_ >= 0 && ::fstat(descriptor_, &facts_) == 0) {
        problem_ = kind_problem(facts_);
    } else if (errno == ELOOP) {
        problem_ =
            "is a symbolic link; put the plugin itself there, so that its place can be checked";
    } else {
        problem_ = "cannot be read: " + std::generic_category().message(errno) +
                   "; it must be readable for the user this program runs as";
    }
}

PluginFile::~PluginFile() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

bool PluginFile::read(std::uint64_t offset, void* buffer, std::size_t count) const noexcept {
    auto* to = static_cast<char*>(buffer);
    while (count > 0) {
        const auto got = ::pread(descriptor_, to, count, static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return false;
        }
        to += got;
        offset += static_cast<std::uint64_t>(got);
        count -= static_cast<std::size_t>(got);
    }
    return true;
}

bool PluginFile::is_still_at(const std::filesystem::path& path) const noexcept {
    struct stat now {};
    return ::lstat(path.c_str(), &now) == 0 && now.st_dev == facts_.st_dev &&
           now.st_ino == facts_.st_ino && now.st_size == facts_.st_size &&
           same_instant(now.st_mtim, facts_.st_mtim) && same_instant(now.st_ctim, facts_.st_ctim);
}

}  // namespace cistern
