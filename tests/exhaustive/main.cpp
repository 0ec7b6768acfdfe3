#include "exhaustive/explorer.hpp"
#include "exhaustive/scene.hpp"
#include "simulation/planted.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace cistern::test {
namespace {

using namespace std::chrono_literals;

struct Arguments {
    std::string scene;  // empty: all
    int more = 0;       // interruptions than each scene's own number
    std::string mutant;
    bool must_fail = false;
    std::vector<std::size_t> schedule;
};

// Each with as many interruptions as a few seconds allow.
std::vector<Scene> all_scenes() {
    using enum Role;
    return {
        {.name = "return",
         .roles = {kBorrows, kBorrows, kReturns},
         .is_swept = false,
         .interruptions = 3},
        {.name = "again", .roles = {kBorrowsTwice, kBorrows}, .interruptions = 3},
        {.name = "late", .roles = {kBorrows, kIsTooLate, kReturns}, .interruptions = 3},
        {.name = "discard", .roles = {kBorrows, kTries, kDiscards}, .interruptions = 1},
        {.name = "stop", .roles = {kBorrows, kMayBeStopped, kReturns, kStops}, .interruptions = 1},
        {.name = "kill", .roles = {kBorrows, kMayBeKilled, kReturns, kKills}, .interruptions = 1},
        {.name = "two",
         .connections = 2,
         .roles = {kBorrows, kMayBeStopped, kReturns, kStops},
         .interruptions = 1},
        {.name = "both-lent",
         .connections = 2,
         .roles = {kBorrows, kBorrows, kReturns, kReturns},
         .interruptions = 0},
        {.name = "bypass",
         .roles = {kBorrows, kMayBeKilled, kReturns, kKills},
         .bypass_window = 1ms,
         .interruptions = 1},
        {.name = "keyed",
         .roles = {kBorrows, kBorrowsOther, kReturns},
         .is_keyed = true,
         .interruptions = 1},
    };
}

// True when it found something.
bool explore(const Scene& scene,
             const Arguments& arguments,
             const std::shared_ptr<simulation::StackPool>& stacks) {
    const auto bound = std::max(0, scene.interruptions + arguments.more);
    Explorer explorer{static_cast<std::uint32_t>(bound)};
    explorer.repeat(arguments.schedule);
    while (explorer.begin_run()) {
        const auto finding = run_scene(
            scene, explorer, [&] { explorer.start(); }, stacks);
        if (finding.what.empty()) {
            continue;
        }
        std::printf("FAILED scene %s, schedule %llu: %s\n%s",
                    scene.name.c_str(),
                    static_cast<unsigned long long>(explorer.runs()),
                    finding.what.c_str(),
                    arguments.must_fail ? "" : finding.trace.c_str());
        std::printf("replay: %s%s --scene %s --schedule %s\n",
                    arguments.mutant.empty() ? "cistern_lane" : "cistern_lane_mutants --mutant ",
                    arguments.mutant.c_str(),
                    scene.name.c_str(),
                    explorer.schedule().c_str());
        return true;
    }
    std::printf("scene %s: at most %d interruptions, %llu schedules, %zu states\n",
                scene.name.c_str(),
                bound,
                static_cast<unsigned long long>(explorer.runs()),
                explorer.states());
    std::fflush(stdout);
    return false;
}

int run(const Arguments& arguments) {
    if (!arguments.mutant.empty()) {
        plant(arguments.mutant);
    }
    const auto stacks = std::make_shared<simulation::StackPool>();
    bool has_found = false;
    bool is_known = false;
    for (const auto& scene : all_scenes()) {
        if (!has_found && (arguments.scene.empty() || arguments.scene == scene.name)) {
            is_known = true;
            has_found = explore(scene, arguments, stacks);
        }
    }
    if (!is_known) {
        throw std::invalid_argument{"there is no scene \"" + arguments.scene + "\""};
    }
    std::fflush(stdout);
    // What failed runs left behind is not torn down.
    std::_Exit(has_found == arguments.must_fail ? 0 : 1);
}

}  // namespace
}  // namespace cistern::test

int main(int count, char** values) {
    cistern::test::Arguments arguments;
    CLI::App app{"Tries every schedule of small scenes around the express lane.", "cistern_lane"};
    app.add_option("--scene", arguments.scene, "only this one");
    app.add_option("--more", arguments.more, "interruptions than usual; -1: one fewer");
    app.add_option("--mutant", arguments.mutant, "plants this bug");
    app.add_flag("--must-fail", arguments.must_fail, "succeeds when a schedule fails");
    app.add_option("--schedule", arguments.schedule, "only this one, as printed for a failure")
        ->delimiter(',');
    CLI11_PARSE(app, count, values);
    try {
        return cistern::test::run(arguments);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "cistern_lane: %s\n", error.what());
        return 2;
    }
}
