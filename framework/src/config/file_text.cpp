#include "file_text.hpp"

#include "size_text.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace cistern {
namespace {

// Closes what open() gave.
class OpenFile {
public:
    // Without O_NONBLOCK a pipe's name would make the caller wait for a writer.
    explicit OpenFile(const std::filesystem::path& path)
        : descriptor_{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)} {}
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    ~OpenFile() {
        if (descriptor_ >= 0) {
            ::close(descriptor_);
        }
    }
    [[nodiscard]] int get() const noexcept { return descriptor_; }

private:
    int descriptor_;
};

FileText refused(std::string problem) {
    return {std::nullopt, std::move(problem)};
}

FileText refused_by_system(int error) {
    if (error == ENOENT || error == ENOTDIR) {
        return refused("there is no such file");
    }
    return refused("cannot be read: " + std::generic_category().message(error) +
                   "; it must be readable for the user this program runs as");
}

std::string rights_problem(const struct stat& facts) {
    if (facts.st_uid != ::geteuid()) {
        return "must belong to the user this program runs as; change its owner";
    }
    if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return "is open to other users; close it with chmod go-rwx";
    }
    return {};
}

}  // namespace

FileText read_file(const std::filesystem::path& path, std::size_t max_bytes, FileAccess access) {
    const OpenFile file{path};
    struct stat facts {};
    if (file.get() < 0 || ::fstat(file.get(), &facts) != 0) {
        return refused_by_system(errno);
    }
    if (S_ISDIR(facts.st_mode)) {
        return refused("is a folder; right would be a file");
    }
    if (!S_ISREG(facts.st_mode)) {
        return refused("is no regular file");
    }
    if (access == FileAccess::kPrivate) {
        if (auto problem = rights_problem(facts); !problem.empty()) {
            return refused(std::move(problem));
        }
    }
    std::string text;
    std::array<char, 65536> buffer{};
    while (true) {
        const auto got = ::read(file.get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return refused_by_system(errno);
        }
        if (got == 0) {
            return {std::move(text), {}};
        }
        text.append(buffer.data(), static_cast<std::size_t>(got));
        if (text.size() > max_bytes) {
            return refused("is too large; at most " +
                           size_text(static_cast<std::int64_t>(max_bytes)) + " are read");
        }
    }
}

}  // namespace cistern
