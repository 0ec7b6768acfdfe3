#pragma once

#include "rpc/faults.hpp"
#include "rpc/handle.hpp"
#include "sql/execution.hpp"

#include <mutex>
#include <string>
#include <utility>

namespace sandbox {

// One client's session.
//
// Thread safety:  every member may be called by any number of threads at once.
class Session {
public:
    Session(int version, SessionState state, Faults faults)
        : version_{version}, state_{std::move(state)}, faults_{std::move(faults)} {}

    [[nodiscard]] const Handle& handle() const noexcept { return handle_; }
    // Counted from 0, as the protocol does.
    [[nodiscard]] int version() const noexcept { return version_; }

    [[nodiscard]] Faults faults() const {
        const std::lock_guard lock{mutex_};
        return faults_;
    }
    void set_faults(std::string_view text) {
        const std::lock_guard lock{mutex_};
        apply_faults(faults_, text);
    }

    // Statements of one session are compiled one after the other.
    template <typename Use>
    auto with_state(Use use) {
        const std::lock_guard lock{state_mutex_};
        return use(state_);
    }

private:
    Handle handle_ = Handle::make();
    int version_;

    std::mutex state_mutex_;
    SessionState state_;  // guarded by state_mutex_

    mutable std::mutex mutex_;
    Faults faults_;  // guarded by mutex_
};

}  // namespace sandbox
