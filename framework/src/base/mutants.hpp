#pragma once

// Defects that real pools have had, planted in ours to see whether the tests find them. They exist
// in one test program only: elsewhere CISTERN_MUTANT(name) is `false`. docs/verification.md lists
// them.

#ifdef CISTERN_MUTANTS

#include <array>
#include <string_view>
#include <utility>

namespace cistern::mutants {

enum class Mutant {
    kNone,
};

inline Mutant planted = Mutant::kNone;

inline constexpr std::array<std::pair<std::string_view, Mutant>, 1> kAll{{
    {"none", Mutant::kNone},
}};

}  // namespace cistern::mutants

#define CISTERN_MUTANT(name) (::cistern::mutants::planted == ::cistern::mutants::Mutant::name)

#else

#define CISTERN_MUTANT(name) false

#endif
