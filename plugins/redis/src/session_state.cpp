#include "session_state.hpp"

#include <algorithm>
#include <array>

namespace redis {
namespace {

using Argv = std::span<const std::string_view>;

struct CommandEffect {
    std::string_view name;  // in capitals
    Effect effect;
};

constexpr std::array kCommands{
    CommandEffect{"MULTI", Effect::kBeginsTransaction},
    CommandEffect{"EXEC", Effect::kEndsTransaction},
    CommandEffect{"DISCARD", Effect::kEndsTransaction},
    CommandEffect{"WATCH", Effect::kWatches},
    CommandEffect{"UNWATCH", Effect::kUnwatches},
    CommandEffect{"SELECT", Effect::kSelects},
    CommandEffect{"SUBSCRIBE", Effect::kSubscribes},
    CommandEffect{"PSUBSCRIBE", Effect::kSubscribes},
    CommandEffect{"SSUBSCRIBE", Effect::kSubscribes},
    CommandEffect{"UNSUBSCRIBE", Effect::kUnsubscribes},
    CommandEffect{"PUNSUBSCRIBE", Effect::kUnsubscribes},
    CommandEffect{"SUNSUBSCRIBE", Effect::kUnsubscribes},
    CommandEffect{"MONITOR", Effect::kMonitors},
    CommandEffect{"RESET", Effect::kResets},
    CommandEffect{"AUTH", Effect::kAlters},
    CommandEffect{"HELLO", Effect::kAlters},
    CommandEffect{"READONLY", Effect::kAlters},
    CommandEffect{"READWRITE", Effect::kAlters},
    CommandEffect{"ASKING", Effect::kAlters},
    CommandEffect{"QUIT", Effect::kSpoils},
    CommandEffect{"SYNC", Effect::kSpoils},
    CommandEffect{"PSYNC", Effect::kSpoils},
    CommandEffect{"REPLCONF", Effect::kSpoils},
};

// What CLIENT can be asked without changing the session that asks.
constexpr std::array<std::string_view, 12> kHarmlessClientWords{"ID",
                                                                "INFO",
                                                                "LIST",
                                                                "GETNAME",
                                                                "GETREDIR",
                                                                "TRACKINGINFO",
                                                                "KILL",
                                                                "PAUSE",
                                                                "UNPAUSE",
                                                                "UNBLOCK",
                                                                "HELP",
                                                                "SETINFO"};

// Not the C library's: its answer depends on the process's locale.
constexpr char upper(char c) noexcept {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

constexpr bool is_word(std::string_view text, std::string_view capitals) noexcept {
    return std::equal(
        text.begin(), text.end(), capitals.begin(), capitals.end(), [](char a, char b) {
            return upper(a) == b;
        });
}

// RESET before Redis 7.2 does not take back NO-EVICT, and nobody knows what the next word will be.
Effect client_effect(Argv argv) noexcept {
    const auto word = argv.size() > 1 ? argv[1] : std::string_view{};
    if (is_word(word, "REPLY")) {
        return argv.size() > 2 && is_word(argv[2], "ON") ? Effect::kNone : Effect::kForbidden;
    }
    if (is_word(word, "SETNAME") || is_word(word, "TRACKING") || is_word(word, "CACHING")) {
        return Effect::kAlters;
    }
    const bool harmless = std::any_of(kHarmlessClientWords.begin(),
                                      kHarmlessClientWords.end(),
                                      [&](auto known) { return is_word(word, known); });
    return harmless ? Effect::kNone : Effect::kSpoils;
}

}  // namespace

Effect effect_of(Argv argv) noexcept {
    const auto name = argv.front();
    if (is_word(name, "CLIENT")) {
        return client_effect(argv);
    }
    if (is_word(name, "HELLO") && argv.size() > 1 && argv[1] != "2") {
        return Effect::kForbidden;
    }
    if (is_word(name, "SCRIPT") && argv.size() > 1 && is_word(argv[1], "DEBUG")) {
        return Effect::kSpoils;
    }
    const auto* const known =
        std::find_if(kCommands.begin(), kCommands.end(), [&](const auto& row) {
            return is_word(name, row.name);
        });
    if (known == kCommands.end()) {
        return Effect::kNone;
    }
    const bool names_channels = argv.size() > 1;
    if (known->effect == Effect::kUnsubscribes && !names_channels) {
        return Effect::kForbidden;
    }
    return known->effect;
}

bool may_echo_secrets(Argv argv) noexcept {
    return is_word(argv.front(), "AUTH") || is_word(argv.front(), "HELLO") ||
           is_word(argv.front(), "ACL") || is_word(argv.front(), "MIGRATE") ||
           is_word(argv.front(), "CONFIG");
}

bool forgets_scripts(Argv argv) noexcept {
    return argv.size() > 1 && is_word(argv[0], "SCRIPT") && is_word(argv[1], "FLUSH");
}

void SessionState::answered(Argv argv, const Reply& reply) {
    const auto effect = effect_of(argv);
    if (effect == Effect::kEndsTransaction) {
        transaction_answered(reply);
        return;
    }
    if (reply.is_error()) {
        return;
    }
    switch (effect) {
        case Effect::kBeginsTransaction:
            in_transaction_ = true;
            break;
        case Effect::kWatches:
            watching_ = true;
            break;
        case Effect::kUnwatches:
            watching_ = watching_ && in_transaction_;  // there it is only queued
            break;
        case Effect::kSelects:
            elsewhere_ = true;
            break;
        case Effect::kSubscribes:
        case Effect::kUnsubscribes:
            subscription_answered(reply);
            break;
        case Effect::kMonitors:
            monitoring_ = true;
            altered_ = true;
            break;
        case Effect::kResets:
            clear();
            altered_ = true;  // the login and the database went with it
            break;
        case Effect::kAlters:
            altered_ = true;
            break;
        case Effect::kSpoils:
            spoilt_ = true;
            break;
        case Effect::kNone:
        case Effect::kEndsTransaction:
        case Effect::kForbidden:
            break;
    }
}

// An EXEC or DISCARD that was refused for its own sake, say for its number of arguments, leaves the
// transaction open.
void SessionState::transaction_answered(const Reply& reply) {
    const bool ended = !reply.is_error() || reply.error_code() == "EXECABORT";
    const bool was_none = reply.error_message().find("without MULTI") != std::string_view::npos;
    if (ended) {
        watching_ = false;
    }
    if (ended || was_none) {
        in_transaction_ = false;
    }
}

// A confirmation ends with the number of subscriptions that are left.
void SessionState::subscription_answered(const Reply& reply) {
    constexpr std::size_t kConfirmationSize = 3;
    altered_ = true;
    subscribed_ = true;
    if (reply.type() == Reply::Type::kArray && reply.elements().size() == kConfirmationSize) {
        const auto& left = reply.elements().back();
        subscribed_ = left.type() != Reply::Type::kInteger || left.integer() != 0;
    }
}

bool SessionState::is_message(const Reply& reply) const {
    if (reply.type() == Reply::Type::kArray && subscribed_) {
        const auto& elements = reply.elements();
        if (elements.empty() || elements.front().type() != Reply::Type::kString) {
            return false;
        }
        const auto& kind = elements.front().text();
        return kind == "message" || kind == "pmessage" || kind == "smessage";
    }
    // A monitor's lines begin with the time: "+1700000000.123456 [0 127.0.0.1:1234] ..."
    return monitoring_ && reply.type() == Reply::Type::kStatus && !reply.text().empty() &&
           reply.text().front() >= '0' && reply.text().front() <= '9';
}

}  // namespace redis
