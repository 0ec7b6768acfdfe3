#include "history_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

namespace hive_query {
namespace {

constexpr std::size_t kMostEntries = 1000;

[[nodiscard]] std::string as_line(std::string_view entry) {
    std::string line;
    for (const char c : entry) {
        if (c == '\n') {
            line += "\\n";
        } else if (c == '\\') {
            line += "\\\\";
        } else {
            line += c;
        }
    }
    return line + '\n';
}

[[nodiscard]] std::string as_entry(std::string_view line) {
    std::string entry;
    for (std::size_t at = 0; at < line.size(); ++at) {
        const bool is_escape = line[at] == '\\' && at + 1 < line.size();
        if (is_escape) {
            ++at;
            entry += line[at] == 'n' ? '\n' : line[at];
        } else {
            entry += line[at];
        }
    }
    return entry;
}

}  // namespace

HistoryFile::HistoryFile(std::filesystem::path path) : path_{std::move(path)} {
    if (path_.empty()) {
        can_write_ = false;
        return;
    }
    std::error_code ignored;
    std::filesystem::create_directories(path_.parent_path(), ignored);
}

std::vector<std::string> HistoryFile::load() {
    std::vector<std::string> entries;
    std::ifstream file{path_};
    for (std::string line; std::getline(file, line);) {
        if (!line.empty()) {
            entries.push_back(as_entry(line));
        }
    }
    if (entries.size() > 2 * kMostEntries) {
        entries.erase(entries.begin(), entries.end() - static_cast<std::ptrdiff_t>(kMostEntries));
        std::string text;
        for (const std::string& entry : entries) {
            text += as_line(entry);
        }
        write(text, O_TRUNC);
    }
    return entries;
}

void HistoryFile::append(std::string_view entry) {
    if (!entry.empty() && !may_hold_secret(entry)) {
        write(as_line(entry), O_APPEND);
    }
}

void HistoryFile::write(std::string_view text, int flags) {
    if (path_.empty()) {
        return;
    }
    const int file =
        ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, S_IRUSR | S_IWUSR);
    can_write_ = file >= 0;
    if (file < 0) {
        return;
    }
    // A file that somebody else's umask made is closed to others, too.
    ::fchmod(file, S_IRUSR | S_IWUSR);
    can_write_ = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    ::close(file);
}

bool may_hold_secret(std::string_view entry) {
    std::string lower;
    std::transform(entry.begin(), entry.end(), std::back_inserter(lower), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    constexpr std::array<std::string_view, 12> kWords = {"passw",
                                                         "pwd",
                                                         "secret",
                                                         "token",
                                                         "jwt",
                                                         "credential",
                                                         "authorization",
                                                         "identified by",
                                                         "access.key",
                                                         "access_key",
                                                         "account.key",
                                                         "http.cookie."};
    for (const std::string_view word : kWords) {
        if (lower.find(word) != std::string::npos) {
            return true;
        }
    }
    std::istringstream words{lower};
    std::string command;
    std::string url;
    std::string more;
    words >> command >> url >> more;
    const bool connects = command == "!connect" || command == "!open";
    return connects && (!more.empty() || url.find('@', 1) != std::string::npos);
}

}  // namespace hive_query
