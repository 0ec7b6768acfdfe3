#include "nearest.hpp"

#include <algorithm>

namespace cistern {
namespace {

// Damerau's distance, where a swap of neighbours counts once. Three rows are enough: nothing looks
// back further than two.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before_last(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) {
        row[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        before_last.swap(last);
        last.swap(row);
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + change});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], before_last[j - 2] + 1);
            }
        }
    }
    return row[b.size()];
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
    constexpr std::size_t kShortestPart = 4;
    std::string best;
    auto best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
    for (const auto& candidate : candidates) {
        const auto apart = distance(word, candidate);
        if (apart < best_distance) {
            best = candidate;
            best_distance = apart;
        }
    }
    if (!best.empty() || word.size() < kShortestPart) {
        return best;
    }
    const auto part_of = std::find_if(candidates.begin(), candidates.end(), [&](const auto& whole) {
        return whole.find(word) != std::string::npos;
    });
    return part_of == candidates.end() ? std::string{} : *part_of;
}

std::string guess_text(std::string_view word,
                       const std::vector<std::string>& candidates,
                       const std::string& otherwise) {
    const auto guess = nearest(word, candidates);
    return guess.empty() ? otherwise : "; did you mean " + guess + "?";
}

}  // namespace cistern
