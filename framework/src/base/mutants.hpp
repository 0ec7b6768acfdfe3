#pragma once

// Defects that real pools have had, planted in ours to see whether the simulation finds them. They
// exist in one test program only: elsewhere CISTERN_MUTANT(name) is `false`. docs/verification.md
// names each one's model and what finds it.

#ifdef CISTERN_MUTANTS

#include <array>
#include <string_view>
#include <utility>

namespace cistern::mutants {

enum class Mutant {
    kNone,
    kLeaverForgetsOthers,
    kGrantedMayStillLeave,
    kCancelKeepsGrant,
    kDirtyComesBack,
    kConnectWithoutEnd,
    kLeaverStaysQueued,
    kTimeoutPerWait,
    kCloseTellsNobody,
    kClosingPlaceIsFree,
    kPermitLost,
    kUnusedStaysOpen,
    kAddressIsKept,
    kNobodyTriesAgain,
    kFailureUncounted,
    kReserveForgotten,
    kLaneStaysOpen,
    kReturnIgnoresCold,
    kRecallTakesWhatIsLent,
    kTakeInTwoSteps,
    kReturnInTwoSteps,
    kLeaveInTwoSteps,
};

// The one that is switched on, for the whole program.
inline Mutant planted = Mutant::kNone;

inline constexpr std::array<std::pair<std::string_view, Mutant>, 21> kAll{{
    {"M1", Mutant::kLeaverForgetsOthers}, {"M2", Mutant::kGrantedMayStillLeave},
    {"M3", Mutant::kCancelKeepsGrant},    {"M4", Mutant::kDirtyComesBack},
    {"M5", Mutant::kConnectWithoutEnd},   {"M6", Mutant::kLeaverStaysQueued},
    {"M7", Mutant::kTimeoutPerWait},      {"M8", Mutant::kCloseTellsNobody},
    {"M9", Mutant::kClosingPlaceIsFree},  {"M10", Mutant::kPermitLost},
    {"M11", Mutant::kUnusedStaysOpen},    {"M12", Mutant::kAddressIsKept},
    {"M13", Mutant::kNobodyTriesAgain},   {"M14", Mutant::kFailureUncounted},
    {"M15", Mutant::kReserveForgotten},   {"L1", Mutant::kLaneStaysOpen},
    {"L2", Mutant::kReturnIgnoresCold},   {"L3", Mutant::kRecallTakesWhatIsLent},
    {"L4", Mutant::kTakeInTwoSteps},      {"L5", Mutant::kReturnInTwoSteps},
    {"L6", Mutant::kLeaveInTwoSteps},
}};

}  // namespace cistern::mutants

#define CISTERN_MUTANT(name) (::cistern::mutants::planted == ::cistern::mutants::Mutant::name)

#else

#define CISTERN_MUTANT(name) false

#endif
