#include "core/connection_state.hpp"

namespace cistern::core {

std::string_view to_string(ConnectionState state) noexcept {
    switch (state) {
        case ConnectionState::kEmpty:
            return "empty";
        case ConnectionState::kConnecting:
            return "connecting";
        case ConnectionState::kIdle:
            return "idle";
        case ConnectionState::kInLane:
            return "in the lane";
        case ConnectionState::kLent:
            return "lent";
        case ConnectionState::kValidating:
            return "validating";
        case ConnectionState::kResetting:
            return "resetting";
        case ConnectionState::kClosing:
            return "closing";
    }
    return "unknown";
}

bool may_become(ConnectionState from, ConnectionState to) noexcept {
    using enum ConnectionState;
    switch (from) {
        case kEmpty:
            return to == kConnecting;
        case kConnecting:
            return to == kIdle || to == kLent || to == kClosing || to == kEmpty;
        case kIdle:
            return to == kInLane || to == kLent || to == kValidating || to == kClosing;
        case kInLane:
            return to == kIdle || to == kLent || to == kClosing;
        case kLent:
            return to == kIdle || to == kLent || to == kResetting || to == kClosing;
        case kValidating:
        case kResetting:
            return to == kIdle || to == kLent || to == kClosing;
        case kClosing:
            return to == kEmpty;
    }
    return false;
}

}  // namespace cistern::core
