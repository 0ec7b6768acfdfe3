#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace cistern {

// What a trial showed about one plugin.
struct TrialResult {
    bool was_tried = false;  // false: the probe could not be run, and nothing is known
    std::string problem{};   // how the probe perished, or why it could not be run; empty: it lived
};

// Loads each of `plugins` in another process, where a damaged or faulty one may do its worst: run
// its initialisers, make its connectors and let them go. Says only whether that process lived; why
// a plugin that does no harm cannot be used is found out later, in this one.
//
// Waiting:        for that process, which ends itself when a plugin takes too long.
[[nodiscard]] std::vector<TrialResult> try_in_another_process(
    const std::vector<std::filesystem::path>& plugins);

// The same for one plugin of which nothing says that it is whole. What damage does hangs on what
// lies in memory and registers by chance, so it gets processes of its own, is let go to its very
// end, and is tried once more where memory is handed out differently.
[[nodiscard]] TrialResult try_closely(const std::filesystem::path& plugin);

}  // namespace cistern
