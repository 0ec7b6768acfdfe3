#pragma once

#include "core/instant.hpp"

#include <cistern/pool_options.hpp>

namespace cistern::core {

// Whether a queue is overloaded, by how long callers wait and not by how many. A queue that gets
// shorter than the target now and then absorbs bursts; one whose oldest caller has been late at
// every moment of a whole interval helps nobody: it makes everyone late.
//
// The idea is CoDel's (Nichols and Jacobson, "Controlling Queue Delay", ACM Queue 10(5), 2012; RFC
// 8289), in the form that servers use for their callers: in overload nobody is kept for longer than
// the target (Maurer, "Fail at Scale", ACM Queue 13(8), 2015).
//
// Thread safety:  none.
class ControlledDelay {
public:
    explicit ControlledDelay(const CodelOptions& options) noexcept : options_{options} {}

    [[nodiscard]] bool is_on() const noexcept { return options_.target > Instant::zero(); }
    // After everything that may have changed the queue: since when its oldest caller waits; never:
    // there is none.
    void observe(Instant oldest, Instant now) noexcept;
    // Whether a caller is to be refused who has waited since `since`.
    [[nodiscard]] bool refuses(Instant since, Instant now) noexcept;

private:
    CodelOptions options_;
    Instant late_since_ = kNever;         // at every moment from then on the oldest was late
    Instant overloaded_until_ = -kNever;  // unless somebody has to be refused before
};

}  // namespace cistern::core
