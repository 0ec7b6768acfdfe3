#include "commands.hpp"
#include "console/duration_text.hpp"
#include "console/printable.hpp"

#include <cistern/runtime.hpp>

#include <chrono>
#include <ostream>
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
    const auto health = pool.check(arguments.timeout.value_or(pool.default_timeout()));
    if (!health.ping) {
        out << "no connection after " << took() << ": " << console::printable(health.why) << "\n";
        return false;
    }
    out << (health.state == cistern::HealthState::kHealthy ? "ok" : to_string(health.state))
        << ", a connection of " << pool.plugin() << " in "
        << console::duration_text(health.ping->took)
        << (health.why.empty() ? "" : ": " + console::printable(health.why)) << "\n";
    return true;
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
