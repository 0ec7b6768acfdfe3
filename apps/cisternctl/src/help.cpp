#include "help.hpp"

namespace cisternctl {
namespace {

constexpr std::string_view kAll = R"(cisternctl: look at cistern's plugins, configuration and pools

Usage
  cisternctl plugins [DIR...]           what is found, loaded, refused, and why
  cisternctl check [FILE]               every problem of a properties file
  cisternctl ping [POOL...]             opens a connection of each pool, and says how long it took
  cisternctl stats [POOL]               opens what a pool keeps warm, and shows its numbers
  cisternctl COMMAND --help             more on one command

Options
  --conf FILE     the properties file (default: $CISTERN_CONF, else conf/cistern.properties)
  --timeout TIME  for ping and stats: longest wait, as in 5s (default: the pool's acquire_timeout)
  --format json   for plugins and stats: JSON instead of a table; for stats also openmetrics
  --version       the version

Exit status
  0  all is well
  1  a problem was found, or wrong usage
)";

constexpr std::string_view kPlugins = R"(cisternctl plugins [DIR...] [--format json]

Checks every *.so in the folders, in order, as a program would before it loads them; without a folder,
in the one that belongs to the installed library. A plugin that is refused makes the exit status 1. One with
"no seal" was stripped, or not built by cistern_add_plugin(): a flipped bit in it may go unnoticed.

  cisternctl plugins
  cisternctl plugins build/lib/cistern/plugins
)";

constexpr std::string_view kCheck = R"(cisternctl check [FILE]

Prints every problem that keeps a properties file from being used: misspelt keys, values out of range,
plugins that are missing or refused. Loads the plugins and opens no connection. Without FILE it checks
the one that --conf or $CISTERN_CONF names, else conf/cistern.properties.

  cisternctl check conf/cistern.properties
)";

constexpr std::string_view kPing = R"(cisternctl ping [POOL...] [--conf FILE] [--timeout TIME]

Opens one connection of each pool, and says how long that took: the pool's own health check, as a
program has it by pool.check(). Without a pool: of all. A pool whose server does not answer makes the exit
status 1, with the reason.

  cisternctl ping warehouse
  cisternctl ping --conf conf/cistern.properties --timeout 2s
)";

constexpr std::string_view kStats =
    R"(cisternctl stats [POOL] [--conf FILE] [--timeout TIME] [--format json|openmetrics]

Opens the connections that a pool keeps warm (min_idle), borrows one, and shows the pool's numbers. They
are those of pools inside of cisternctl itself: a program's own numbers are had from its pool.stats(), and
as text for Prometheus from to_openmetrics(runtime.stats()). Why a pool did not lend is told by the other
formats only.

  cisternctl stats warehouse
  cisternctl stats --format json
  cisternctl stats --format openmetrics
)";

}  // namespace

std::string_view help_text(Command command) noexcept {
    switch (command) {
        case Command::kPlugins:
            return kPlugins;
        case Command::kCheck:
            return kCheck;
        case Command::kPing:
            return kPing;
        case Command::kStats:
            return kStats;
        case Command::kHelp:
        case Command::kVersion:
            break;
    }
    return kAll;
}

}  // namespace cisternctl
