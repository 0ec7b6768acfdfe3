// Poco's reader of this format is not used: it keeps neither lines nor duplicate keys, and its way
// to resolve escapes cannot be called on its own.

#include "properties_file.hpp"

#include "file_text.hpp"
#include "message_text.hpp"
#include "properties_escape.hpp"

#include <map>
#include <utility>

namespace cistern {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{1} << 20U;
constexpr std::string_view kBlanks = " \t\f";

std::string_view without_leading_blanks(std::string_view line) {
    return line.substr(std::min(line.find_first_not_of(kBlanks), line.size()));
}

bool ends_in_backslash(std::string_view line) {
    const auto last_other = line.find_last_not_of('\\');
    const auto count = line.size() - (last_other == std::string_view::npos ? 0 : last_other + 1);
    return count % 2 == 1;
}

std::string_view without_trailing_blanks(std::string_view raw) {
    while (!raw.empty() && kBlanks.find(raw.back()) != std::string_view::npos &&
           !ends_in_backslash(raw.substr(0, raw.size() - 1))) {
        raw.remove_suffix(1);
    }
    return raw;
}

std::size_t find_separator(std::string_view line) {
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '\\') {
            ++i;
        } else if (line[i] == '=' || line[i] == ':') {
            return i;
        }
    }
    return std::string_view::npos;
}

class PropertiesParser {
public:
    PropertiesParser(std::string_view text, PropertiesFile& file) : rest_{text}, file_{file} {}

    void parse() {
        while (!rest_.empty()) {
            const auto line = without_leading_blanks(next_line());
            if (!line.empty() && line.front() != '#' && line.front() != '!') {
                parse_entry(line);
            }
        }
    }

private:
    // Ends at a line feed, a carriage return, or both.
    std::string_view next_line() {
        ++line_number_;
        const auto end = std::min(rest_.find_first_of("\r\n"), rest_.size());
        const auto line = rest_.substr(0, end);
        rest_.remove_prefix(end);
        if (rest_.starts_with("\r\n")) {
            rest_.remove_prefix(2);
        } else if (!rest_.empty()) {
            rest_.remove_prefix(1);
        }
        if (auto problem = bytes_problem(line); !problem.empty()) {
            add_problem(line_number_, std::move(problem));
        }
        return line;
    }

    void parse_entry(std::string_view line) {
        const int first_line = line_number_;
        std::string whole{line};
        while (ends_in_backslash(whole)) {
            whole.pop_back();
            if (rest_.empty()) {
                break;
            }
            whole += without_leading_blanks(next_line());
        }
        // What stands on a line that is not understood may be a secret: it is not shown.
        const auto separator = find_separator(whole);
        if (separator == std::string::npos) {
            add_problem(first_line, "is no setting; right would be: key = value");
            return;
        }
        const std::string_view view{whole};
        const auto key = unescape(without_trailing_blanks(view.substr(0, separator)));
        const auto value =
            unescape(without_trailing_blanks(without_leading_blanks(view.substr(separator + 1))));
        if (!key.problem.empty() || !value.problem.empty()) {
            add_problem(first_line, key.problem.empty() ? value.problem : key.problem);
        } else if (key.text.empty()) {
            add_problem(first_line, "the key before the separator is missing");
        } else {
            add_entry({key.text, value.text, first_line});
        }
    }

    void add_entry(PropertiesEntry entry) {
        const auto [known, is_new] = first_lines_.emplace(entry.key, entry.line);
        if (!is_new) {
            add_problem(entry.line,
                        shown_key(entry.key) + ": was given before, on line " +
                            std::to_string(known->second) + "; keep one of the two");
            return;
        }
        file_.entries.push_back(std::move(entry));
    }

    void add_problem(int line, const std::string& problem) {
        file_.problems.push_back(file_.shown_path + ":" + std::to_string(line) + ": " + problem);
    }

    std::string_view rest_;
    PropertiesFile& file_;
    int line_number_ = 0;
    std::map<std::string, int> first_lines_;
};

}  // namespace

std::string PropertiesFile::origin(const PropertiesEntry& entry) const {
    return shown_path + ":" + std::to_string(entry.line);
}

PropertiesFile parse_properties(std::string_view text, std::string shown_path) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text.starts_with(kByteOrderMark)) {
        text.remove_prefix(kByteOrderMark.size());
    }
    PropertiesFile file{std::move(shown_path)};
    PropertiesParser{text, file}.parse();
    return file;
}

PropertiesFile read_properties(const std::filesystem::path& path) {
    const auto read = read_file(path, kMaxFileBytes);
    if (!read.text) {
        return {path.string(), {}, {path.string() + ": " + read.problem}};
    }
    return parse_properties(*read.text, path.string());
}

}  // namespace cistern
