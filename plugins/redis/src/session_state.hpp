#pragma once

#include <cistern/redis/reply.hpp>

#include <cstddef>
#include <span>
#include <string_view>

namespace redis {

// What a command does to the session beyond its own reply.
enum class Effect {
    kNone,
    kBeginsTransaction,
    kEndsTransaction,
    kWatches,
    kUnwatches,
    kSelects,
    kSubscribes,
    kUnsubscribes,
    kMonitors,
    kResets,
    kAlters,     // the user, the client's name, or another mode that only RESET undoes
    kSpoils,     // nothing undoes it: the server hangs up or speaks something else afterwards
    kForbidden,  // replies could no longer be matched to commands
};

// REQUIRES: argv is not empty
[[nodiscard]] Effect effect_of(std::span<const std::string_view> argv) noexcept;

// True when an error reply to this command may repeat a password.
[[nodiscard]] bool may_echo_secrets(std::span<const std::string_view> argv) noexcept;

// True when the server knows no script any more after this command.
[[nodiscard]] bool forgets_scripts(std::span<const std::string_view> argv) noexcept;

// Follows what the user's commands have done to the session, so that it can be undone. Where a
// reply leaves doubt, it assumes that the command took effect.
class SessionState {
public:
    // Tells what the server answered to `argv`.
    void answered(std::span<const std::string_view> argv, const Reply& reply);
    // Everything has been undone.
    void clear() noexcept { *this = SessionState{}; }

    [[nodiscard]] bool in_transaction() const noexcept { return in_transaction_; }
    [[nodiscard]] bool is_watching() const noexcept { return watching_; }
    [[nodiscard]] bool is_elsewhere() const noexcept { return elsewhere_; }  // in another database
    [[nodiscard]] bool is_altered() const noexcept { return altered_; }      // only RESET helps
    [[nodiscard]] bool is_spoilt() const noexcept { return spoilt_; }
    // Messages may arrive that answer no command.
    [[nodiscard]] bool is_listening() const noexcept { return subscribed_ || monitoring_; }

    [[nodiscard]] bool is_pristine() const noexcept {
        return !(in_transaction_ || watching_ || elsewhere_ || altered_ || spoilt_ ||
                 is_listening());
    }

    // Whether `reply` is a message, and not the answer to a command.
    [[nodiscard]] bool is_message(const Reply& reply) const;

private:
    void transaction_answered(const Reply& reply);
    void subscription_answered(const Reply& reply);

    bool in_transaction_ = false;
    bool watching_ = false;
    bool elsewhere_ = false;
    bool altered_ = false;
    bool spoilt_ = false;
    bool subscribed_ = false;
    bool monitoring_ = false;
};

}  // namespace redis
