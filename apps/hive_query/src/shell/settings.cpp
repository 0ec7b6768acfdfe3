#include "settings.hpp"

#include "console/duration_text.hpp"
#include "console/nearest.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace hive_query {
namespace {

struct Setting {
    const char* name;
    bool is_flag;
    void (*copy)(Options& to, const Options& from);
    std::string (*text)(const Options& options);
};

[[nodiscard]] std::string text_of(bool value) {
    return value ? "true" : "false";
}

constexpr std::array kSettings = {
    Setting{"outputformat",
            false,
            [](Options& to, const Options& from) { to.format.format = from.format.format; },
            [](const Options& options) { return std::string{name_of(options.format.format)}; }},
    Setting{
        "showHeader",
        true,
        [](Options& to, const Options& from) { to.format.show_header = from.format.show_header; },
        [](const Options& options) { return text_of(options.format.show_header); }},
    Setting{"nullemptystring",
            true,
            [](Options& to, const Options& from) {
                to.format.null_as_empty = from.format.null_as_empty;
            },
            [](const Options& options) { return text_of(options.format.null_as_empty); }},
    Setting{"null",
            false,
            [](Options& to, const Options& from) { to.format.null_word = from.format.null_word; },
            [](const Options& options) { return options.format.null_word; }},
    Setting{"delimiterForDSV",
            false,
            [](Options& to, const Options& from) {
                to.format.dsv_delimiter = from.format.dsv_delimiter;
            },
            [](const Options& options) {
                const char delimiter = options.format.dsv_delimiter;
                return delimiter == '\t' ? std::string{"\\t"} : std::string(1, delimiter);
            }},
    Setting{"maxColumnWidth",
            false,
            [](Options& to, const Options& from) {
                to.format.max_column_width = from.format.max_column_width;
            },
            [](const Options& options) {
                const std::size_t width = options.format.max_column_width;
                return width == 0 ? std::string{"none"} : std::to_string(width);
            }},
    Setting{"pager",
            false,
            [](Options& to, const Options& from) { to.pager = from.pager; },
            [](const Options& options) { return options.pager; }},
    Setting{
        "convertBinaryArrayToString",
        true,
        [](Options& to, const Options& from) { to.format.binary = from.format.binary; },
        [](const Options& options) { return text_of(options.format.binary == BinaryText::kRaw); }},
    Setting{"force",
            true,
            [](Options& to, const Options& from) { to.force = from.force; },
            [](const Options& options) { return text_of(options.force); }},
    Setting{"silent",
            true,
            [](Options& to, const Options& from) { to.silent = from.silent; },
            [](const Options& options) { return text_of(options.silent); }},
    Setting{"verbose",
            true,
            [](Options& to, const Options& from) { to.verbose = from.verbose; },
            [](const Options& options) { return text_of(options.verbose); }},
    Setting{"log",
            true,
            [](Options& to, const Options& from) { to.log = from.log; },
            [](const Options& options) { return text_of(options.log); }},
    Setting{"progress",
            false,
            [](Options& to, const Options& from) { to.progress = from.progress; },
            [](const Options& options) {
                return std::string{options.progress == ProgressMode::kAuto     ? "auto"
                                   : options.progress == ProgressMode::kAlways ? "always"
                                                                               : "never"};
            }},
    Setting{"timeout",
            false,
            [](Options& to, const Options& from) { to.timeout = from.timeout; },
            [](const Options& options) {
                return options.timeout.count() == 0 ? std::string{"none"}
                                                    : console::duration_text(options.timeout);
            }},
};

[[nodiscard]] std::string in_lower_case(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return text;
}

}  // namespace

const std::vector<std::string>& setting_names() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> all;
        for (const Setting& setting : kSettings) {
            all.emplace_back(setting.name);
        }
        return all;
    }();
    return names;
}

// By the command line's own parser, so that both take the same values.
void change_setting(Options& options, const std::string& name, const std::string& value) {
    const auto found = std::find_if(kSettings.begin(), kSettings.end(), [&](const Setting& one) {
        return in_lower_case(one.name) == in_lower_case(name);
    });
    if (found == kSettings.end()) {
        const std::string near = console::nearest(name, setting_names());
        throw UsageError{"!set: there is no setting " + name +
                         (near.empty() ? "; !set alone lists all. SET without ! is the server's"
                                       : "; did you mean " + near + "?")};
    }
    if (found->is_flag && value != "true" && value != "false") {
        throw UsageError{"!set " + name + ": '" + value + "' is neither true nor false"};
    }
    found->copy(options, parse_options({std::string{"--"} + found->name + "=" + value}));
}

void keep_settings(Options& options, const Options& from) {
    for (const Setting& setting : kSettings) {
        setting.copy(options, from);
    }
}

std::vector<std::pair<std::string, std::string>> settings_of(const Options& options) {
    std::vector<std::pair<std::string, std::string>> all;
    for (const Setting& setting : kSettings) {
        all.emplace_back(setting.name, setting.text(options));
    }
    return all;
}

}  // namespace hive_query
