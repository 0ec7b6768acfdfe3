#pragma once

#include "core/instant.hpp"

#include <cistern/pool_options.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace cistern::core {

// Finds the size at which a pool gets most out of its server, by what the pool sees of it: how long
// leases last by how many are out at once. By Little's law, leases out divided by the time that
// each lasts is how many the server serves per second. Below its knee a server serves a quarter
// more for a quarter more connections; beyond it leases only take longer, and more connections gain
// nothing, or less than nothing.
//
// Sizes are the steps of a ladder from min_size to max_size, each a quarter above the one before
// (one connection at least). Once the step that the pool is at has been in full use for `samples`
// leases, and not before an interval is over, it is judged by its neighbours, as far as they were
// seen in the last kFresh rounds of judging:
//
//   up     when the next larger size serves kGainWanted more, or when the way down has cost as
//   much; down   when the next smaller one serves as much, save kLossAllowed; a try  a neighbour
//   that was not seen lately is gone to, and afterwards the rules above say whether
//          to go back. Upwards only when somebody had to wait. Not in report mode, which may judge
//          by what it happens to see and no more.
//
// It does not flap: one step per interval at most, and after it has gone back it stays for kRest
// rounds, twice as many each time that it goes back again, up to kLongestRest. The two shares
// differ, so what justified a step does not justify its opposite. It never goes below min_size or
// above max_size. Nor does it starve anybody by what it does not know: while callers wait and too
// few leases end to judge by, it goes up a step every kBlind intervals.
//
// Ideas: comparing use times by concurrency is what the gradient and Vegas limits of Netflix'
// concurrency-limits do; they need the time of a server without load, and guess it by the shortest
// one seen. userver's congestion controller shrinks pools step by step. A step that is tried and
// measured needs no guess, and notices when the server has changed.
//
// Thread safety:  none; the pool's lock covers it.
class SizeController {
public:
    static constexpr double kLossAllowed = 0.02;
    static constexpr double kGainWanted = 0.03;
    static constexpr std::uint64_t kFresh = 4;
    static constexpr std::uint64_t kRest = 8;
    static constexpr std::uint64_t kLongestRest = 64;
    static constexpr std::uint64_t kBlind = 8;

    // Throws std::bad_alloc, and so does set_bounds(), which then changes nothing.
    SizeController(const AdaptiveOptions& options, std::uint32_t max_size);

    // Begins anew, at `max_size`.
    void set_bounds(std::uint32_t max_size);
    // A caller has to wait.
    void waited(Instant now) noexcept;
    // A lease has ended that began at `began`, of `in_use` at once, itself among them.
    void used(std::uint32_t in_use, Instant began, Instant now) noexcept;
    // When the interval is over; never: none has begun, because nothing was used.
    [[nodiscard]] Instant due() const noexcept { return due_; }
    // At its end: another size, if there is one to propose.
    [[nodiscard]] std::optional<std::uint32_t> decide(Instant now) noexcept;

    [[nodiscard]] std::uint32_t size() const noexcept { return steps_[at_].size; }
    [[nodiscard]] std::uint32_t max_size() const noexcept { return steps_.back().size; }

private:
    // One size, and what was seen with about as many leases out.
    struct Step {
        std::uint32_t size = 0;
        std::uint64_t leases = 0;  // ended, since they were last looked at
        double in_use = 0;         // summed up over them
        double seconds = 0;        // the same
        double rate = 0;           // leases per second, as last seen
        std::uint64_t seen = 0;    // in which round; 0: never
    };

    [[nodiscard]] bool may_try() const noexcept { return options_.mode == AdaptiveMode::kOn; }
    [[nodiscard]] bool is_known(std::size_t step) const noexcept;
    void look_at_all() noexcept;
    [[nodiscard]] std::size_t judge() const noexcept;
    [[nodiscard]] std::size_t step_to_try() const noexcept;
    [[nodiscard]] std::size_t go_on_blindly() noexcept;
    std::optional<std::uint32_t> go_to(std::size_t step, Instant now) noexcept;

    AdaptiveOptions options_;
    std::vector<Step> steps_;
    std::size_t at_ = 0;
    Instant since_{};  // it is there; what began before tells nothing of it
    Instant due_ = kNever;
    std::uint64_t round_ = 1;  // of judging
    std::uint64_t rests_until_ = 0;
    std::uint64_t rest_ = kRest;
    std::uint64_t blind_ = 0;       // intervals in a row without enough leases
    int direction_ = 0;             // of the last step: -1 or 1; 0: none yet
    std::uint64_t stepped_in_ = 0;  // which round
    double best_rate_ = 0;          // on the way down, as long as that goes on
    bool has_waited_ = false;       // anybody, since it last judged
};

}  // namespace cistern::core
