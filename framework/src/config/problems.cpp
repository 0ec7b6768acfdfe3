#include "problems.hpp"

#include <algorithm>

namespace cistern {
namespace {

constexpr std::size_t kMostShown = 50;

}  // namespace

std::string problem_list(const Problems& problems) {
    Problems shown;
    for (const auto& problem : problems) {
        if (std::find(shown.begin(), shown.end(), problem) == shown.end()) {
            shown.push_back(problem);
        }
    }
    std::string text;
    for (std::size_t i = 0; i < std::min(shown.size(), kMostShown); ++i) {
        text += (i > 0 ? "\n" : "") + shown[i];
    }
    if (shown.size() > kMostShown) {
        text += "\n... and " + std::to_string(shown.size() - kMostShown) + " more";
    }
    return text;
}

}  // namespace cistern
