#include "commands.hpp"
#include "console/duration_text.hpp"
#include "console/printable.hpp"

#include <cistern/runtime.hpp>

#include <chrono>
#include <ostream>
#include <source_location>
#include <string>
#include <vector>

namespace cisternctl {
namespace {

using Clock = std::chrono::steady_clock;

[[nodiscard]] bool ping(cistern::detail::PoolCore& pool,
                        const Arguments& arguments,
                        std::ostream& out) {
    const Clock::time_point begun = Clock::now();
    const auto took = [begun] { return console::duration_text(Clock::now() - begun); };
    out << pool.name() << ": " << std::flush;
    try {
        auto& lease = pool.acquire(arguments.timeout.value_or(pool.default_timeout()),
                                   std::source_location::current());
        out << "ok, a connection of " << pool.plugin() << " in " << took() << "\n";
        cistern::detail::give_back(lease, false);
        return true;
    } catch (const cistern::Error& error) {
        out << "no connection after " << took() << ": " << console::printable(error.what()) << "\n";
        return false;
    }
}

}  // namespace

int ping_pools(const Arguments& arguments, std::ostream& out) {
    const auto runtime = cistern::Runtime::from_file(arguments.conf);
    const std::vector<std::string> names =
        arguments.operands.empty() ? runtime.pool_names() : arguments.operands;
    bool all_answer = true;
    for (const std::string& name : names) {
        all_answer = ping(runtime.untyped_pool(name), arguments, out) && all_answer;
    }
    return all_answer ? 0 : 1;
}

}  // namespace cisternctl
