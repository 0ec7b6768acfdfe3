#include "options.hpp"

#include "sql/text.hpp"

#include <CLI/CLI.hpp>

#include <cistern/version.hpp>

#include <fstream>
#include <stdexcept>

namespace sandbox {
namespace {

constexpr const char* kDescription =
    "A server for demos, tests and work offline that speaks the protocol of HiveServer2.\n"
    "\n"
    "What it is not: Hive. There is no HiveQL engine in it; SQLite executes the statements, after "
    "a few\n"
    "translations. It offers no security (passwords travel in the clear, every user may do "
    "everything), no\n"
    "TLS, no Kerberos, no HTTP transport, and no promise about the data: by default everything is "
    "gone when\n"
    "it stops, and a file given with --database is not safe against a power cut. It listens on the "
    "loopback\n"
    "address unless told otherwise.";

// The text of a password file, without the end of its line.
std::string read_password(const std::string& path) {
    std::ifstream in{path};
    std::string line;
    if (!in || !std::getline(in, line)) {
        throw CLI::ValidationError{"--password-file", "cannot read a password from '" + path + "'"};
    }
    while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) {
        line.pop_back();
    }
    if (line.empty()) {
        throw CLI::ValidationError{"--password-file", "the first line of '" + path + "' is empty"};
    }
    return line;
}

std::pair<std::string, std::string> parse_load(const std::string& text) {
    const auto equals = text.find('=');
    if (equals == 0 || equals == std::string::npos || equals + 1 == text.size()) {
        throw CLI::ValidationError{"--load",
                                   "expected [database.]table=file.csv instead of '" + text + "'"};
    }
    return {text.substr(0, equals), text.substr(equals + 1)};
}

// What needs more than one option.
void finish(Options& options,
            const std::string& database,
            const std::string& password_file,
            const std::vector<std::string>& loads,
            const std::vector<std::string>& faults) {
    options.database = database == ":memory:" ? "" : database;
    for (const std::string& load : loads) {
        options.loads.push_back(parse_load(load));
    }
    try {
        for (const std::string& fault : faults) {
            apply_faults(options.faults, fault);
        }
    } catch (const std::invalid_argument& e) {
        throw CLI::ValidationError{"--fault", e.what()};
    }
    if (options.auth == Auth::kCustom) {
        if (options.user.empty() || password_file.empty()) {
            throw CLI::ValidationError{"--auth custom", "needs --user and --password-file"};
        }
        options.password = read_password(password_file);
    } else if (!options.user.empty() || !password_file.empty()) {
        throw CLI::ValidationError{"--user, --password-file", "need --auth custom"};
    }
}

}  // namespace

std::optional<Options> parse_options(int argc, const char* const* argv, int& exit_status) {
    Options options;
    std::string database = ":memory:";
    std::string password_file;
    std::vector<std::string> loads;
    std::vector<std::string> faults;
    std::int64_t long_poll = options.long_poll.count();
    const std::map<std::string, Auth> auths{
        {"nosasl", Auth::kNoSasl}, {"none", Auth::kNone}, {"custom", Auth::kCustom}};

    CLI::App app{kDescription, "hive-sandbox"};
    app.set_version_flag("--version", std::string{"hive-sandbox " CISTERN_VERSION});
    app.footer(
        "Faults, for tests of clients (also per session: SET sandbox.fault=NAME[=ARGUMENT]):\n" +
        describe_faults());
    app.add_option("--port", options.port, "port to listen on; 0: any free one")
        ->capture_default_str();
    app.add_option("--bind", options.bind, "address to listen on")->capture_default_str();
    app.add_option("--auth",
                   options.auth,
                   "nosasl: raw Thrift; none: SASL PLAIN, any user and password; custom: SASL "
                   "PLAIN, checked")
        ->transform(CLI::CheckedTransformer(auths, CLI::ignore_case))
        ->option_text("nosasl|none|custom [nosasl]");
    app.add_option("--user", options.user, "the user of --auth custom");
    app.add_option(
        "--password-file", password_file, "file whose first line is the password of --auth custom");
    app.add_option("--database", database, "SQLite file of the database `default`")
        ->capture_default_str();
    app.add_option("--load",
                   loads,
                   "[database.]table=file.csv: loads a CSV file with a header; a column's type "
                   "is inferred, or stands behind its name (price:decimal(10,2)); repeatable")
        ->allow_extra_args(false);
    app.add_option(
           "--init", options.init_files, "file of statements to run at the start; repeatable")
        ->allow_extra_args(false);
    app.add_option(
        "--port-file", options.port_file, "file the port is written to once it is listened on");
    app.add_option("--long-poll", long_poll, "how long a status call waits for news, in ms")
        ->check(CLI::Range(0, 3'600'000))
        ->capture_default_str();
    app.add_option("--fetch-cap", options.fetch_cap, "most rows in one batch")
        ->check(CLI::Range(1, 1'000'000'000))
        ->capture_default_str();
    app.add_option("--fetch-size", options.fetch_size, "fetch size proposed to clients")
        ->check(CLI::Range(1, 1'000'000'000))
        ->capture_default_str();
    app.add_option("--max-connections", options.max_connections, "further clients are turned away")
        ->check(CLI::Range(1, 100'000))
        ->capture_default_str();
    app.add_flag("--keep-sessions",
                 options.keep_sessions,
                 "a session outlives the connection that opened it");
    app.add_option("--fault", faults, "a fault for every session, see below; repeatable")
        ->allow_extra_args(false);
    app.add_flag("--quiet", options.quiet, "prints nothing but errors");
    app.add_flag("--verbose", options.verbose, "tells each call on standard error");
    try {
        app.parse(argc, argv);
        options.long_poll = std::chrono::milliseconds{long_poll};
        finish(options, database, password_file, loads, faults);
        return options;
    } catch (const CLI::ParseError& e) {
        exit_status = app.exit(e) == 0 ? 0 : 1;
        return std::nullopt;
    }
}

const char* to_string(Auth auth) noexcept {
    switch (auth) {
        case Auth::kNoSasl:
            return "nosasl";
        case Auth::kNone:
            return "none";
        case Auth::kCustom:
            return "custom";
    }
    return "?";
}

}  // namespace sandbox
