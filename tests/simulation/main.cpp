// Runs seeds through the simulation, and says how to run a failing one again.

#include "backend/simulation/locks.hpp"
#include "simulation/arguments.hpp"
#include "simulation/planted.hpp"
#include "simulation/world.hpp"

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

namespace cistern::test {
namespace {

// For the moment in which the code under test ends the program: by a failed assertion, or worse.
std::string replay_line;

extern "C" void on_fatal_signal(int signal_number) {
    static_cast<void>(!::write(STDOUT_FILENO, replay_line.data(), replay_line.size()));
    std::signal(signal_number, SIG_DFL);
    std::raise(signal_number);
}

void announce(const Arguments& arguments, std::uint64_t seed) {
    replay_line =
        "replay: " + arguments.program + " --seed " + std::to_string(seed) +
        (arguments.mutant.empty() ? "" : " --mutant " + arguments.mutant) +
        (arguments.max_steps == 0 ? "" : " --steps " + std::to_string(arguments.max_steps)) + "\n";
}

void report(const Arguments& arguments, const Outcome& outcome, std::uint64_t seed) {
    std::printf(
        "FAILED seed %llu: %s\n", static_cast<unsigned long long>(seed), outcome.violation.c_str());
    if (arguments.is_verbose || !(arguments.keeps_going || arguments.must_fail)) {
        std::printf("%s%s",
                    in_words(draw_scenario(seed, arguments.max_steps)).c_str(),
                    outcome.trace.c_str());
    }
    std::fputs(replay_line.c_str(), stdout);
    std::fflush(stdout);
}

int run(const Arguments& arguments) {
    if (!arguments.mutant.empty()) {
        plant(arguments.mutant);
    }
    if (!simulation::locks_are_watched()) {
        std::fputs("the program was linked without the watch over locks\n", stderr);
        return 2;
    }
    for (const int fatal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) {
        std::signal(fatal, on_fatal_signal);
    }
    const auto stacks = std::make_shared<simulation::StackPool>();
    std::uint64_t failures = 0;
    std::uint64_t steps = 0;
    std::uint64_t hash = 0;
    for (auto seed = arguments.first; seed <= arguments.last; ++seed) {
        announce(arguments, seed);
        auto outcome = run_seed(seed, arguments.max_steps, stacks);
        if (arguments.runs_twice && !outcome.has_failed &&
            run_seed(seed, arguments.max_steps, stacks).hash != outcome.hash) {
            outcome.has_failed = true;
            outcome.violation = "two runs of one seed differ";
        }
        steps += outcome.steps;
        hash = hash * 31 + outcome.hash;
        if (arguments.is_verbose) {
            std::printf("seed %llu: %llu steps, hash %016llx\n",
                        static_cast<unsigned long long>(seed),
                        static_cast<unsigned long long>(outcome.steps),
                        static_cast<unsigned long long>(outcome.hash));
        }
        if (outcome.has_failed) {
            ++failures;
            report(arguments, outcome, seed);
            if (!arguments.keeps_going) {
                break;
            }
        }
    }
    std::printf("seeds %llu..%llu: %llu failed, %llu steps, hash %016llx\n",
                static_cast<unsigned long long>(arguments.first),
                static_cast<unsigned long long>(arguments.last),
                static_cast<unsigned long long>(failures),
                static_cast<unsigned long long>(steps),
                static_cast<unsigned long long>(hash));
    std::fflush(stdout);
    const bool is_well = (failures > 0) == arguments.must_fail;
    if (failures > 0) {
        // What failed runs left behind is not torn down.
        std::_Exit(is_well ? 0 : 1);
    }
    return is_well ? 0 : 1;
}

}  // namespace
}  // namespace cistern::test

int main(int count, char** values) {
    try {
        return cistern::test::run(cistern::test::parse_arguments(count, values));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "cistern_sim: %s\n", error.what());
        return 2;
    }
}
