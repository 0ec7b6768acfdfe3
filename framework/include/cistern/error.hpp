#pragma once

#include <cistern/export.hpp>

#include <source_location>
#include <stdexcept>
#include <string>

namespace cistern {

// What an error means for the connection it happened on and for the work that was under way. The
// pool and with_retry() act on these and never on a type's name or a text.
struct ErrorTraits {
    bool breaks_connection = false;  // the connection must not be used again
    bool outcome_unknown = false;    // the server may have done the work
    bool is_transient = false;       // trying again may help
};

// Root of everything the framework and its plugins throw. The hierarchy is flat on purpose: callers
// ask an error what it means instead of knowing every type (an idea of libpqxx).
//
// Thread safety:  const members may be called at once from several threads.
// Ownership:      holds copies of all it tells.
// Errors:         texts never hold a secret.
class CISTERN_API Error : public std::runtime_error {
public:
    explicit Error(const std::string& what,
                   ErrorTraits traits = {},
                   std::source_location where = std::source_location::current());
    Error(const Error&) = default;
    Error& operator=(const Error&) = default;
    ~Error() override;

    // True when the connection must be closed instead of lent again.
    [[nodiscard]] bool breaks_connection() const noexcept { return traits_.breaks_connection; }
    // True when the request may have reached the server, so that repeating it may do it twice.
    [[nodiscard]] bool outcome_unknown() const noexcept { return traits_.outcome_unknown; }
    // True when the same call may succeed later without anybody changing anything.
    [[nodiscard]] bool is_transient() const noexcept { return traits_.is_transient; }
    // Where in the source the error was made.
    [[nodiscard]] const std::source_location& where() const noexcept { return where_; }
    [[nodiscard]] const ErrorTraits& traits() const noexcept { return traits_; }

private:
    ErrorTraits traits_;
    std::source_location where_;
};

// Reading or writing a stream failed, or the peer closed it. The connection is lost.
class CISTERN_API IoError : public Error {
public:
    explicit IoError(const std::string& what,
                     ErrorTraits traits = {.breaks_connection = true, .is_transient = true},
                     std::source_location where = std::source_location::current());
    ~IoError() override;
};

// The deadline of a read, write or connect passed. The connection is lost: what was on its way may
// still arrive.
class CISTERN_API DeadlineExceeded : public IoError {
public:
    explicit DeadlineExceeded(const std::string& what,
                              ErrorTraits traits = {.breaks_connection = true,
                                                    .outcome_unknown = true,
                                                    .is_transient = true},
                              std::source_location where = std::source_location::current());
    ~DeadlineExceeded() override;
};

// The peer sent something that its protocol does not allow. The connection is lost.
class CISTERN_API ProtocolError : public Error {
public:
    explicit ProtocolError(const std::string& what,
                           ErrorTraits traits = {.breaks_connection = true},
                           std::source_location where = std::source_location::current());
    ~ProtocolError() override;
};

// No connection could be opened: resolving, connecting, or what the server answered to it.
class CISTERN_API ConnectError : public Error {
public:
    explicit ConnectError(const std::string& what,
                          ErrorTraits traits = {.breaks_connection = true, .is_transient = true},
                          std::source_location where = std::source_location::current());
    ~ConnectError() override;
};

// The server refused who we are. Trying again with the same credentials does not help.
class CISTERN_API AuthError : public ConnectError {
public:
    explicit AuthError(const std::string& what,
                       ErrorTraits traits = {.breaks_connection = true},
                       std::source_location where = std::source_location::current());
    ~AuthError() override;
};

// Settings that cannot be used; the text lists every problem with file, line, key and remedy.
class CISTERN_API ConfigError : public Error {
public:
    explicit ConfigError(const std::string& what,
                         ErrorTraits traits = {},
                         std::source_location where = std::source_location::current());
    ~ConfigError() override;
};

// A plugin that cannot be used: missing, damaged, built for something else, or failing at its
// start.
class CISTERN_API PluginError : public Error {
public:
    explicit PluginError(const std::string& what,
                         ErrorTraits traits = {},
                         std::source_location where = std::source_location::current());
    ~PluginError() override;
};

// The pool is draining or closed and lends nothing any more.
class CISTERN_API PoolClosed : public Error {
public:
    explicit PoolClosed(const std::string& what,
                        ErrorTraits traits = {},
                        std::source_location where = std::source_location::current());
    ~PoolClosed() override;
};

// The caller, or another task on its behalf, asked for the work to stop.
class CISTERN_API Cancelled : public Error {
public:
    explicit Cancelled(const std::string& what,
                       ErrorTraits traits = {},
                       std::source_location where = std::source_location::current());
    ~Cancelled() override;
};

}  // namespace cistern
