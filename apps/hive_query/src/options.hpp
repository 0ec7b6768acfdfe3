#pragma once

#include "console/usage_error.hpp"
#include "formats/row_writer.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace hive_query {

using console::UsageError;

// The statements themselves cannot be used; how the program is called has nothing to do with it.
class ScriptError : public std::runtime_error {
public:
    using runtime_error::runtime_error;
};

enum class ProgressMode { kAuto, kAlways, kNever };

// One command line.
struct Options {
    // -- Where to connect to: a URL, or a pool of a properties file
    // -----------------------------------

    std::string url;
    std::string user;
    std::optional<std::string> password;  // from -p
    bool ask_password = false;            // -p without a value
    std::string password_file;
    std::map<std::string, std::string> hiveconf;
    std::map<std::string, std::string> hivevar;
    std::optional<std::uint32_t> fetch_size;
    std::optional<std::string> connect_timeout;
    std::optional<std::uint32_t> pool_size;
    std::string conf_file;  // from --conf, or $CISTERN_CONF when there is no -u
    std::string conf_origin = "--conf";
    std::string pool;
    std::string connection;  // @NAME, or -c: a pool of the person's own file
    std::vector<std::string> plugin_dirs;

    // -- What to run; standard input, or a person, when both are empty
    // ------------------------------------------------

    std::vector<std::string> statements;  // -e
    std::vector<std::string> files;       // -f; "-" is standard input
    std::vector<std::string> init_files;
    std::uint32_t workers = 1;
    std::optional<std::uint32_t> repeat;
    std::chrono::nanoseconds timeout{0};  // of a statement; 0: none
    std::optional<std::uint32_t> watch;   // seconds between runs
    bool norc = false;
    bool force = false;

    // -- What to show
    // ------------------------------------------------------------------------------------

    FormatOptions format;
    ProgressMode progress = ProgressMode::kAuto;
    std::string pager;  // a command, or "off"; empty: $PAGER, or else less
    bool silent = false;
    bool verbose = false;
    bool log = false;
    bool stats = false;

    bool help = false;
    bool version = false;
    std::vector<std::string> warnings;  // options of beeline that have no effect here
};

// What --format calls it.
[[nodiscard]] std::string_view name_of(Format format);
[[nodiscard]] const std::vector<std::string>& format_names();

// Reads the arguments behind the program's name; throws UsageError.
[[nodiscard]] Options parse_options(const std::vector<std::string>& arguments);

}  // namespace hive_query
