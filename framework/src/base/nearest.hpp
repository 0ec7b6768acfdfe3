#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cistern {

// The one of `candidates` that `word` was probably meant to be: a few letters wrong, missing, too
// many or swapped, or a part of it left out. Empty when none is near enough to be worth a guess.
[[nodiscard]] std::string nearest(std::string_view word,
                                  const std::vector<std::string>& candidates);

// "; did you mean X?" for the nearest one, or, where none is near, what `otherwise` says.
[[nodiscard]] std::string guess_text(std::string_view word,
                                     const std::vector<std::string>& candidates,
                                     const std::string& otherwise);

}  // namespace cistern
