#include "sql/scratch_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>

namespace sandbox {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "hive-sandbox-";
constexpr const char* kLock = "lock";
constexpr mode_t kOwnerOnly = 0600;

// The lock, held; -1 when somebody else holds it or it cannot be had.
int take_lock(const fs::path& folder, int more_flags) {
    const int descriptor =
        ::open((folder / kLock).c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | more_flags, kOwnerOnly);
    if (descriptor >= 0 && ::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        ::close(descriptor);
        errno = EWOULDBLOCK;
        return -1;
    }
    return descriptor;
}

void remove_abandoned(const fs::path& parent) {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator{parent, ignored}) {
        struct stat about {};
        const fs::path& path = entry.path();
        const bool ours = path.filename().string().starts_with(kPrefix) &&
                          ::lstat(path.c_str(), &about) == 0 && S_ISDIR(about.st_mode) &&
                          about.st_uid == ::getuid();
        if (!ours) {
            continue;
        }
        // A folder without a lock file is one whose owner has not come that far yet.
        const int lock = take_lock(path, 0);
        if (lock >= 0) {
            fs::remove_all(path, ignored);
            ::close(lock);
        }
    }
}

// Another sandbox that starts may find the lock file before it is locked, and remove the folder.
bool was_taken_for_abandoned(int lock) {
    struct stat about {};
    const bool is_gone = lock >= 0 && ::fstat(lock, &about) == 0 && about.st_nlink == 0;
    if (is_gone) {
        ::close(lock);
    }
    return is_gone || (lock < 0 && errno == EWOULDBLOCK);
}

}  // namespace

ScratchFolder::ScratchFolder() : ScratchFolder{fs::temp_directory_path()} {}

ScratchFolder::ScratchFolder(const fs::path& parent) {
    remove_abandoned(parent);
    do {
        std::string pattern = (parent / (std::string{kPrefix} + "XXXXXX")).string();
        if (::mkdtemp(pattern.data()) == nullptr) {
            throw std::system_error{
                errno, std::generic_category(), "cannot make the scratch folder " + pattern};
        }
        path_ = pattern;
        lock_ = take_lock(path_, O_CREAT | O_EXCL);
    } while (was_taken_for_abandoned(lock_));
}

ScratchFolder::~ScratchFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
    if (lock_ >= 0) {
        ::close(lock_);
    }
}

}  // namespace sandbox
