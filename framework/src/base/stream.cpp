#include <cistern/stream.hpp>

namespace cistern {

Stream::~Stream() = default;
IoContext::~IoContext() = default;

std::string_view to_string(StreamState state) noexcept {
    switch (state) {
        case StreamState::kQuiet:
            return "quiet";
        case StreamState::kUnread:
            return "unread bytes";
        case StreamState::kAwaitingReply:
            return "awaiting a reply";
        case StreamState::kClosedByPeer:
            return "closed by the peer";
        case StreamState::kFailed:
            return "failed";
    }
    return "unknown";
}

}  // namespace cistern
