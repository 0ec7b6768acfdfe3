#pragma once

#include "discovery.hpp"

#include <cistern/connection.hpp>
#include <cistern/error.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace hive {

// Tries hosts one after the other, each within its share of the time, and remembers what each said.
//
// Thread safety:  none.
class HostAttempts {
public:
    HostAttempts(const cistern::Clock& clock,
                 cistern::Deadline deadline,
                 std::size_t count) noexcept
        : clock_{clock}, deadline_{deadline}, left_{count} {}

    // What `open` gives, called with this host's share of the time; null when it fails. An
    // AuthError passes: who we are does not change with the host. REQUIRES: called no more often
    // than there are hosts
    template <class Open>
    [[nodiscard]] std::unique_ptr<cistern::Connection> attempt(const cistern::Endpoint& host,
                                                               Open open) {
        try {
            return open(share_of(clock_, deadline_, left_--));
        } catch (const cistern::AuthError&) {
            throw;
        } catch (const cistern::Error& error) {
            hosts_ += (hosts_.empty() ? "" : ",") + to_string(host);
            failures_ += (failures_.empty() ? "" : "; ") + to_string(host) + ": " +
                         std::string{error.what()};
            is_transient_ = is_transient_ || error.is_transient();
            return nullptr;
        }
    }

    // REQUIRES: all have failed
    [[noreturn]] void throw_all_failed(const std::string& where) const {
        throw cistern::ConnectError{
            "hive: none of " + hosts_ + where + " opened a session: " + failures_,
            {.breaks_connection = true, .is_transient = is_transient_}};
    }

private:
    const cistern::Clock& clock_;
    const cistern::Deadline deadline_;
    std::size_t left_;
    std::string hosts_;
    std::string failures_;
    bool is_transient_ = false;
};

}  // namespace hive
