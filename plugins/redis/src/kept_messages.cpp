#include "kept_messages.hpp"

#include <utility>

namespace redis {
namespace {

// About what a message takes while it is kept.
std::uint64_t memory_of(const Reply& message) {
    std::uint64_t bytes = sizeof message + message.error_message().size();
    if (message.type() == Reply::Type::kStatus || message.type() == Reply::Type::kString) {
        bytes += message.text().size();
    } else if (message.type() == Reply::Type::kArray) {
        for (const auto& element : message.elements()) {
            bytes += memory_of(element);
        }
    }
    return bytes;
}

}  // namespace

bool KeptMessages::keep(Reply message) {
    const auto bytes = memory_of(message);
    if (messages_.size() == kMost || bytes > most_bytes_ - bytes_) {
        return false;
    }
    messages_.push_back(std::move(message));
    bytes_ += bytes;
    return true;
}

Reply KeptMessages::take() {
    auto message = std::move(messages_.front());
    messages_.pop_front();
    bytes_ -= memory_of(message);
    return message;
}

void KeptMessages::clear() noexcept {
    messages_.clear();
    bytes_ = 0;
}

}  // namespace redis
