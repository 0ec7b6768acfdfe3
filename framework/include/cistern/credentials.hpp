#pragma once

#include <cistern/deadline.hpp>
#include <cistern/export.hpp>
#include <cistern/secret.hpp>

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace cistern {

// Who a pool is to its server, for as long as that holds.
//
// Thread safety:  a value.
struct Credentials {
    std::string user{};  // over the connector's setting `user`; empty: that one stays
    Secret password{};   // or token; over the connector's setting `password`
    // Anything that differs when the credentials do. Empty: those with another user or password
    // are new.
    std::string version{};
    // How long they may be used from now on. Asked for again once nine tenths are over. 0: for this
    // one open.
    Timeout lifetime = Timeout::max();
};

struct CredentialsRequest {
    std::string_view pool;  // "cache"; "cache[3]" for a match of a pool with match_by
    Deadline deadline;      // of the whole connect
    const Clock& clock;     // on which `deadline` counts
};

// Gives pools their credentials, when they cannot stand in a file: from a vault, a token service, a
// database. A pool asks before it opens a connection, and keeps the answer for its lifetime.
//
// Thread safety:  fetch() is called by any number of pool tasks at once.
// Ownership:      shared with the Runtime it was given to.
// Waiting:        fetch() must keep to its deadline. It delays the open, no caller's borrow of what
// is
//                 idle, and is never called under a lock.
// Errors:         what fetch() throws fails the open, unless earlier credentials still hold: then
//                 those are used. Its text must not hold a secret.
class CISTERN_API CredentialsProvider {
public:
    CredentialsProvider() = default;
    CredentialsProvider(const CredentialsProvider&) = delete;
    CredentialsProvider& operator=(const CredentialsProvider&) = delete;
    virtual ~CredentialsProvider();

    // Also called once, out of turn, after the server has refused the last answer.
    [[nodiscard]] virtual Credentials fetch(const CredentialsRequest& request) = 0;
};

// By the name that pools give as `credentials`.
using CredentialsProviders = std::map<std::string, std::shared_ptr<CredentialsProvider>>;

}  // namespace cistern
