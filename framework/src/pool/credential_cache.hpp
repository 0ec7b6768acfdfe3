#pragma once

#include "core/instant.hpp"
#include "pool/fork_hold.hpp"

#include <cistern/connector_config.hpp>
#include <cistern/deadline.hpp>
#include <cistern/secret.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace cistern {

// Settings that change while a pool runs: its user and password, as they are now.
struct ConnectSettings {
    std::map<std::string, ConfigValue> values;  // over the pool's own
    std::string version{};                      // differs when they do, and may when they do not
    std::chrono::nanoseconds renew_after{0};    // ask again before the first open after that
    std::chrono::nanoseconds valid_for{0};      // use them no longer, whatever asking gives
};

// Where they come from.
//
// Thread safety:  fetch() is called by any number of tasks at once.
// Waiting:        fetch() may wait until `deadline`; never called under a lock.
// Errors:         fetch() throws what kept it from answering.
class CredentialSource {
public:
    CredentialSource() = default;
    CredentialSource(const CredentialSource&) = delete;
    CredentialSource& operator=(const CredentialSource&) = delete;
    virtual ~CredentialSource() = default;

    [[nodiscard]] virtual ConnectSettings fetch(const Clock& clock, Deadline deadline) = 0;
};

// What one pool connects with: kept until it has to be asked for again, and numbered, so that what
// was opened with an older version can be told from the rest.
//
// Thread safety:  every member may be called by any number of tasks at once.
// Waiting:        as the source; its lock is never held meanwhile.
class CredentialCache {
public:
    struct Version {
        std::uint64_t number = 0;  // from 1; a later one is newer
        ConnectorConfig config;
        std::vector<Secret> secrets{};  // to be kept out of messages
    };
    using Held = std::shared_ptr<const Version>;

    // `known` is what is used while the source cannot answer for the first time; none: nothing.
    CredentialCache(ConnectorConfig base,
                    std::shared_ptr<CredentialSource> source,
                    std::optional<ConnectSettings> known = {});

    // To connect with now. Throws when the source does and nothing that was known still holds.
    [[nodiscard]] Held get(const Clock& clock, Deadline deadline);
    // The server has refused `refused`: what else there is, asked for anew; null when there is
    // nothing else.
    [[nodiscard]] Held other_than(const Version& refused,
                                  const Clock& clock,
                                  Deadline deadline) noexcept;

    // For fork(): before it, and after it on both sides. What is known is known in the child, too.
    void hold_for_fork() noexcept { fork_hold_.take(mutex_); }
    void let_go_after_fork() noexcept { fork_hold_.let_go(mutex_); }

private:
    [[nodiscard]] Held fetch(const Clock& clock, Deadline deadline);
    [[nodiscard]] Held accept(ConnectSettings found, core::Instant now);

    const ConnectorConfig base_;
    const std::shared_ptr<CredentialSource> source_;

    ForkHold fork_hold_;
    std::mutex mutex_;  // a leaf
    // -- Guarded by mutex_ ------------------------------------------------------------------------
    Held current_;
    std::map<std::string, std::string> texts_;  // current_'s, to compare
    std::string version_;                       // current_'s
    core::Instant renew_at_{};
    core::Instant valid_until_{};
    std::uint64_t asked_ = 0;
    std::uint64_t answered_ = 0;  // the latest question that has its answer
};

// `text` without any of the secrets.
[[nodiscard]] std::string without_secrets(std::string text, const std::vector<Secret>& secrets);

// Throws the error that is being handled, with its meaning, and without the secrets if its text
// holds one.
// REQUIRES: an exception is being handled
[[noreturn]] void rethrow_without(const std::vector<Secret>& secrets);

}  // namespace cistern
