#include "options.hpp"

#include "console/duration_text.hpp"
#include "console/nearest.hpp"
#include "option_names.hpp"
#include "shell/connections.hpp"
#include "shell/user_files.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <string_view>
#include <utility>

namespace hive_query {
namespace {

using Arguments = std::vector<std::string>;

[[nodiscard]] bool is_truth(const std::string& text) {
    return text == "true" || text == "false";
}

// Brings beeline's spellings, which no parser of ours has, into a plain form: a flag's value may
// stand behind it, and -p may have none. Refuses what is unknown, and drops what has no effect.
class Spelling {
public:
    explicit Spelling(const Arguments& arguments) : arguments_{arguments} {}

    Arguments plain(Options& options) {
        while (at_ < arguments_.size()) {
            next(options);
        }
        return std::move(plain_);
    }

private:
    void next(Options& options) {
        const std::string& argument = arguments_[at_++];
        if (argument.size() > 1 && argument[0] == '@') {
            plain_.insert(plain_.end(), {"-c", argument.substr(1)});
            return;
        }
        if (argument.empty() || argument[0] != '-' || argument == "-") {
            throw UsageError{"unexpected argument '" + argument +
                             "': statements go behind -e, files behind -f"};
        }
        const std::string name = name_of(argument);
        std::optional<std::string> value;
        if (name.size() < argument.size()) {
            value = argument.substr(name.size() + (name.size() > 2 ? 1 : 0));
        }
        if (const auto shape = shape_of(name)) {
            take(name, *shape, std::move(value), options);
        } else if (const auto harmless = harmless_beeline_option(name)) {
            (void)value_of(name, *harmless, std::move(value));
            options.warnings.push_back("option " + name + " of beeline has no effect here");
        } else {
            throw UsageError{"unknown option " + name + ": " + advice_on_unknown(name)};
        }
    }

    // "--opt=value" without its value, and "-uvalue" without its own.
    [[nodiscard]] static std::string name_of(const std::string& argument) {
        if (argument.rfind("--", 0) == 0) {
            return argument.substr(0, argument.find('='));
        }
        const std::string letter = argument.substr(0, 2);
        const bool is_ours = shape_of(letter) && *shape_of(letter) != OptionShape::kFlag;
        return is_ours ? letter : argument;
    }

    void take(const std::string& name,
              OptionShape shape,
              std::optional<std::string> value,
              Options& options) {
        if (shape == OptionShape::kOptionalValue && !value && !has_plain_next()) {
            options.ask_password = true;
            return;
        }
        value = value_of(name, shape, std::move(value));
        if (shape == OptionShape::kFlag) {
            plain_.push_back(value ? name + "=" + *value : name);
        } else {
            plain_.push_back(name);
            plain_.push_back(*value);
        }
    }

    // The option's value, which may stand in the next argument; a flag may do without.
    std::optional<std::string> value_of(const std::string& name,
                                        OptionShape shape,
                                        std::optional<std::string> value) {
        const bool has_next = at_ < arguments_.size();
        if (value) {
            return value;
        }
        if (shape == OptionShape::kFlag) {
            return has_next && is_truth(arguments_[at_]) ? std::optional{arguments_[at_++]} : value;
        }
        if (!has_next) {
            throw UsageError{"option " + name + " needs a value"};
        }
        return arguments_[at_++];
    }

    [[nodiscard]] bool has_plain_next() const {
        return at_ < arguments_.size() && arguments_[at_].rfind('-', 0) != 0;
    }

    const Arguments& arguments_;
    std::size_t at_ = 0;
    Arguments plain_;
};

// What the parser hands over as text and is looked at more closely afterwards.
struct RawValues {
    std::vector<std::string> hiveconf, hivevar;
    std::string format = "table";
    std::string progress = "auto";
    std::string timeout;
    std::string delimiter = "|";
    bool raw_binary = false;
};

constexpr unsigned long kMostNumber = 1'000'000'000;

template <class Target>
void add_repeatable(CLI::App& app, const std::string& name, Target& target) {
    app.add_option(name, target)->take_all()->allow_extra_args(false);
}

template <class Number>
void add_number(CLI::App& app, const std::string& name, Number& target) {
    app.add_option_function<std::string>(name, [name, &target](const std::string& text) {
        unsigned long value = 0;
        const bool is_number = CLI::detail::lexical_cast(text, value) && text[0] != '-';
        if (!is_number || value < 1 || value > kMostNumber) {
            throw UsageError{"option " + name + ": '" + text + "' is no whole number from 1 to " +
                             console::count_text(kMostNumber)};
        }
        target = static_cast<std::uint32_t>(value);
    });
}

void declare(CLI::App& app, Options& options, RawValues& raw) {
    app.set_help_flag();
    app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    app.add_option("-u", options.url);
    app.add_option("-n", options.user);
    app.add_option("-p", options.password);
    app.add_option("-w,--password-file", options.password_file);
    app.add_option("--conf", options.conf_file);
    app.add_option("--pool", options.pool);
    app.add_option("-c", options.connection);
    add_repeatable(app, "--plugins-dir", options.plugin_dirs);
    add_repeatable(app, "--hiveconf", raw.hiveconf);
    add_repeatable(app, "--hivevar", raw.hivevar);
    add_number(app, "--fetch-size", options.fetch_size);
    app.add_option("--connect-timeout", options.connect_timeout);
    add_number(app, "--pool-size", options.pool_size);
    add_repeatable(app, "-e", options.statements);
    add_repeatable(app, "-f", options.files);
    add_repeatable(app, "-i", options.init_files);
    add_number(app, "--workers", options.workers);
    add_number(app, "--repeat", options.repeat);
    app.add_option("--timeout", raw.timeout);
    add_number(app, "--watch", options.watch);
    app.add_flag("--norc", options.norc);
    app.add_flag("--force", options.force);
    app.add_option("--format,--outputformat", raw.format);
    app.add_flag("--showHeader", options.format.show_header);
    app.add_flag("--nullemptystring", options.format.null_as_empty);
    app.add_option("--null", options.format.null_word);
    app.add_option("--delimiterForDSV", raw.delimiter);
    add_number(app, "--maxColumnWidth", options.format.max_column_width);
    app.add_option("--pager", options.pager);
    app.add_flag("--convertBinaryArrayToString", raw.raw_binary);
    app.add_option("--progress", raw.progress);
    app.add_flag("--silent", options.silent);
    app.add_flag("--verbose", options.verbose);
    app.add_flag("--log", options.log);
    app.add_flag("--stats", options.stats);
    app.add_flag("-h,--help", options.help);
    app.add_flag("--version", options.version);
}

[[nodiscard]] std::map<std::string, std::string> pairs(const std::string& option,
                                                       const std::vector<std::string>& texts) {
    std::map<std::string, std::string> out;
    for (const std::string& text : texts) {
        const auto equals = text.find('=');
        if (equals == std::string::npos || equals == 0) {
            throw UsageError{"option " + option + ": '" + text + "' should read NAME=VALUE"};
        }
        out[text.substr(0, equals)] = text.substr(equals + 1);
    }
    return out;
}

// A choice by name; what beeline calls it counts too.
template <class Value, std::size_t N>
[[nodiscard]] Value choose(const std::string& option,
                           const std::string& text,
                           const std::array<std::pair<std::string_view, Value>, N>& choices) {
    std::string all;
    std::vector<std::string> names;
    for (const auto& [name, value] : choices) {
        if (name == text) {
            return value;
        }
        all += (all.empty() ? "" : ", ") + std::string{name};
        names.emplace_back(name);
    }
    const std::string near = console::nearest(text, names);
    throw UsageError{"option " + option + ": '" + text + "' is none of " + all +
                     (near.empty() ? "" : "; did you mean " + near + "?")};
}

using NamedFormat = std::pair<std::string_view, Format>;
// Ours first, then what beeline calls them.
constexpr std::array kFormats = {
    NamedFormat{"table", Format::kTable},
    NamedFormat{"csv", Format::kCsv},
    NamedFormat{"tsv", Format::kTsv},
    NamedFormat{"json", Format::kJson},
    NamedFormat{"jsonl", Format::kJsonLines},
    NamedFormat{"vertical", Format::kVertical},
    NamedFormat{"markdown", Format::kMarkdown},
    NamedFormat{"dsv", Format::kDsv},
    NamedFormat{"xmlattr", Format::kXmlAttributes},
    NamedFormat{"xmlelements", Format::kXmlElements},
    NamedFormat{"arrow", Format::kArrow},
    NamedFormat{"arrow-ns", Format::kArrowNanoseconds},
    NamedFormat{"csv2", Format::kCsv},
    NamedFormat{"tsv2", Format::kTsv},
    NamedFormat{"jsonfile", Format::kJsonLines},
};

[[nodiscard]] Format format_of(const std::string& text) {
    return choose("--format", text, kFormats);
}

[[nodiscard]] char delimiter_of(const std::string& text) {
    if (text == "\\t") {
        return '\t';
    }
    if (text.size() != 1 || std::string_view{"\"\r\n"}.find(text[0]) != std::string_view::npos) {
        throw UsageError{"option --delimiterForDSV: '" + text +
                         "' is not one character that could stand between values"};
    }
    return text[0];
}

[[nodiscard]] ProgressMode progress_of(const std::string& text) {
    using Choice = std::pair<std::string_view, ProgressMode>;
    static constexpr std::array kModes = {
        Choice{"auto", ProgressMode::kAuto},
        Choice{"always", ProgressMode::kAlways},
        Choice{"never", ProgressMode::kNever},
    };
    return choose("--progress", text, kModes);
}

// The environment stands in for --conf; an empty variable counts as none.
void find_conf_file(Options& options) {
    const char* const named = std::getenv("CISTERN_CONF");
    if (options.conf_file.empty() && options.url.empty() && named != nullptr) {
        options.conf_file = named;
        options.conf_origin = "$CISTERN_CONF";
    }
}

void check_together(const Options& options) {
    const auto refuse_with_conf =
        [&](bool given, const std::string& option, const std::string& key) {
            if (given && !options.conf_file.empty()) {
                throw UsageError{"option " + option + " goes with -u; with " + options.conf_origin +
                                 " the file decides: " + key};
            }
        };
    refuse_with_conf(!options.url.empty(), "-u", "pool.NAME.hive.url");
    refuse_with_conf(!options.user.empty(), "-n", "pool.NAME.hive.user");
    refuse_with_conf(options.password || options.ask_password, "-p", "pool.NAME.hive.password");
    refuse_with_conf(
        !options.password_file.empty(), "-w", "pool.NAME.hive.password = ${file:PATH}");
    refuse_with_conf(!options.hiveconf.empty(), "--hiveconf", "pool.NAME.hive.conf.KEY");
    refuse_with_conf(!options.hivevar.empty(), "--hivevar", "pool.NAME.hive.var.KEY");
    refuse_with_conf(options.fetch_size.has_value(), "--fetch-size", "pool.NAME.hive.fetch_size");
    refuse_with_conf(options.pool_size.has_value(), "--pool-size", "pool.NAME.max_size");
    refuse_with_conf(
        options.connect_timeout.has_value(), "--connect-timeout", "pool.NAME.connect_timeout");
    refuse_with_conf(!options.plugin_dirs.empty(), "--plugins-dir", "plugins.dir");
    if (!options.pool.empty() && options.conf_file.empty()) {
        throw UsageError{
            "option --pool names a pool of a properties file; give the file with --conf FILE"};
    }
    if (options.watch && (options.workers > 1 || options.repeat)) {
        throw UsageError{"give --watch, or --workers and --repeat, not both"};
    }
    if (!options.statements.empty() && !options.files.empty()) {
        throw UsageError{"give -e or -f, not both: which should come first?"};
    }
    if ((options.password || options.ask_password) && !options.password_file.empty()) {
        throw UsageError{"give -p or -w, not both: which password should count?"};
    }
}

}  // namespace

std::string_view name_of(Format format) {
    const auto found = std::find_if(kFormats.begin(), kFormats.end(), [format](const auto& named) {
        return named.second == format;
    });
    return found->first;
}

const std::vector<std::string>& format_names() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> all;
        for (const auto& [name, format] : kFormats) {
            all.emplace_back(name);
        }
        return all;
    }();
    return names;
}

Options parse_options(const std::vector<std::string>& arguments) {
    Options options;
    RawValues raw;
    Arguments plain = Spelling{arguments}.plain(options);
    CLI::App app;
    declare(app, options, raw);
    try {
        app.parse(Arguments{plain.rbegin(), plain.rend()});
    } catch (const CLI::ParseError& error) {
        throw UsageError{error.what()};
    }
    if (options.help || options.version) {
        return options;
    }
    options.hiveconf = pairs("--hiveconf", raw.hiveconf);
    options.hivevar = pairs("--hivevar", raw.hivevar);
    options.format.format = format_of(raw.format);
    options.format.binary = raw.raw_binary ? BinaryText::kRaw : BinaryText::kHex;
    options.format.dsv_delimiter = delimiter_of(raw.delimiter);
    options.progress = progress_of(raw.progress);
    options.timeout = raw.timeout.empty() ? std::chrono::nanoseconds{0}
                                          : console::duration_argument("--timeout", raw.timeout);
    if (!options.connection.empty()) {
        if (!options.conf_file.empty() || !options.pool.empty()) {
            throw UsageError{"give @NAME or --conf, not both: which place should count?"};
        }
        use_connection(options, connections_path());
    }
    find_conf_file(options);
    check_together(options);
    return options;
}

}  // namespace hive_query
