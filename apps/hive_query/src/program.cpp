#include "program.hpp"

#include "connect.hpp"
#include "console/duration_text.hpp"
#include "console/pool_stats_text.hpp"
#include "help.hpp"
#include "interrupts.hpp"
#include "messages.hpp"
#include "options.hpp"
#include "output.hpp"
#include "password.hpp"
#include "script.hpp"
#include "shell/interactive.hpp"
#include "workers.hpp"

#include <cistern/hive/session.hpp>
#include <cistern/runtime.hpp>
#include <cistern/version.hpp>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>

namespace hive_query {
namespace {

// For the handler of an exception: tells what kept the program from working.
void tell_current(const Options& options, Messages& messages) {
    try {
        throw;
    } catch (const cistern::ConfigError& error) {
        messages.error("hive-query: " + command_line_terms(error.what()));
    } catch (const cistern::PluginError& error) {
        messages.error("hive-query: " + command_line_terms(error.what()));
    } catch (const cistern::Error& error) {
        messages.error(connect_failure_text(error, options));
    }
}

[[nodiscard]] int converse(const Options& options, const Script& script, Messages& messages) {
    Interrupts interrupts{messages};
    try {
        return run_interactive(options, script, messages, interrupts);
    } catch (const cistern::Error&) {
        tell_current(options, messages);
    }
    return kUnusable;
}

// Runs the script, and with --watch again and again: until a run fails, somebody presses Ctrl-C, or
// nobody reads any more.
[[nodiscard]] PoolRun watch_on_pool(cistern::Pool<hive::Session>& pool,
                                    const Script& script,
                                    const Options& options,
                                    Messages& messages,
                                    Interrupts& interrupts,
                                    Output& output) {
    if (options.watch) {
        interrupts.stay();
    }
    for (std::uint64_t number = 1;; ++number) {
        PoolRun run = run_on_pool(pool, script, options, messages, interrupts, output);
        const bool has_failed = run.failure || (run.status != kSuccess && !options.force);
        if (!options.watch || has_failed || run.output_closed) {
            return run;
        }
        interrupts.pause(std::chrono::seconds{*options.watch});
        if (interrupts.requested()) {
            return run;
        }
        messages.note("Run " + std::to_string(number + 1) + ", every " +
                      console::duration_text(std::chrono::seconds{*options.watch}));
    }
}

[[nodiscard]] int query(const Options& options, Messages& messages, Output& output) {
    ExitStatus status = kUnusable;
    for (const std::string& warning : options.warnings) {
        messages.warn(warning);
    }
    const Script script = read_script(options);
    if (is_interactive(options)) {
        return converse(options, script, messages);
    }
    const auto password =
        find_password(options, [&messages](const std::string& text) { messages.warn(text); });
    Interrupts interrupts{messages};
    std::optional<cistern::Runtime> runtime;
    try {
        runtime = make_runtime(options, password);
        const std::string name = pool_name(options, *runtime);
        auto& pool = runtime->pool<hive::Session>(name);
        const PoolRun run = watch_on_pool(pool, script, options, messages, interrupts, output);
        if (run.failure) {
            status = std::max(status, run.status);
            std::rethrow_exception(run.failure);
        }
        if (options.stats) {
            messages.show(console::stats_summary(name, pool.stats()));
        }
        return run.status;
    } catch (const cistern::Error&) {
        tell_current(options, messages);
    }
    return status;
}

}  // namespace

int run_program(const std::vector<std::string>& arguments) {
    Messages messages{STDERR_FILENO, false};
    try {
        const Options options = parse_options(arguments);
        Output output{STDOUT_FILENO};
        if (options.help || options.version) {
            output.write(options.help ? help_text() : "hive-query " CISTERN_VERSION "\n");
            output.flush();
            return kSuccess;
        }
        Messages quieter{STDERR_FILENO, options.silent};
        return query(options, quieter, output);
    } catch (const UsageError& error) {
        messages.error(std::string{"hive-query: "} + error.what() +
                       "\nhive-query --help shows how it is used");
    } catch (const OutputClosed&) {
        return kSuccess;
    } catch (const std::exception& error) {
        messages.error(std::string{"hive-query: "} + error.what());
    }
    return kUnusable;
}

}  // namespace hive_query
