#pragma once

// What applications program against to use a HiveServer2 (Apache Hive, Spark Thrift Server, Kyuubi,
// Impala). Interfaces only: the code is in the `hive` plugin, and applications link nothing of it.

#include <cistern/deadline.hpp>
#include <cistern/error.hpp>
#include <cistern/hive/types.hpp>
#include <cistern/secret.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hive {

// The server refused a statement, or it failed while it ran. The session survives.
//
// Errors: what() is the server's message without its stack trace.
class StatementError : public cistern::Error {
public:
    StatementError(const std::string& what,
                   std::string sql_state,
                   std::int32_t code,
                   std::string details)
        : Error{what},
          sql_state_{std::move(sql_state)},
          code_{code},
          details_{std::move(details)} {}

    // Five characters, "42S02"; empty when the server named none.
    [[nodiscard]] const std::string& sql_state() const noexcept { return sql_state_; }
    // The vendor's number; 0 when the server named none.
    [[nodiscard]] std::int32_t code() const noexcept { return code_; }
    // All that the server said, its stack trace included.
    [[nodiscard]] const std::string& details() const noexcept { return details_; }

private:
    std::string sql_state_;
    std::int32_t code_;
    std::string details_;
};

// The statement was cancelled, by us or by somebody else, or ran into its query timeout.
class StatementCancelled : public cistern::Cancelled {
public:
    using Cancelled::Cancelled;
};

// The server does not know the session or the operation any more: it was restarted, dropped it for
// being idle, or is another server behind the same address. The connection is of no more use.
class HandleLost : public cistern::Error {
public:
    explicit HandleLost(const std::string& what)
        : Error{what, {.breaks_connection = true, .is_transient = true}} {}
};

// The server does not offer this call at all. The session survives.
class NotSupported : public cistern::Error {
public:
    using Error::Error;
};

enum class State {
    kPending,
    kRunning,
    kFinished,
    kCanceled,
    kClosed,
    kFailed,
    kTimedOut,
    kUnknown
};

// How far a statement is, for showing to a person.
struct Progress {
    std::vector<std::string> headers;  // of the rows below; empty when the server says none
    std::vector<std::vector<std::string>> rows;  // one per stage
    double fraction = 0;                         // 0 to 1
    std::string footer;
};

// What one look at a running statement tells.
struct Status {
    // kPending, kRunning, kFinished or kUnknown; the other ends are thrown.
    State state = State::kUnknown;
    std::optional<Progress> progress{};
};

struct ExecuteOptions {
    // For this statement only, where the server honours it (Spark ignores it).
    std::map<std::string, std::string> conf{};
    // After this the server ends the statement. 0: no limit.
    std::chrono::seconds query_timeout{0};
};

// One statement or metadata call on the server, from its start until its result was read.
//
// Thread safety:  one task at a time, save cancel(), which any task may call at any time.
// Ownership:      must not outlive its lease. Its destructor never waits: what is still open on the
//                 server is closed by the session's next call, or when the session goes back to the
//                 pool.
// Waiting:        each call waits until its timeout at most, or the pool's `call_timeout` where it
//                 takes none.
// Errors:         StatementError, StatementCancelled, HandleLost, NotSupported; IoError and
//                 ProtocolError lose the connection.
class Operation {
public:
    Operation() = default;
    Operation(const Operation&) = delete;
    Operation& operator=(const Operation&) = delete;
    virtual ~Operation() = default;

    // Asks the server once; the server itself waits a few seconds for news before it answers. To
    // one that answers "not yet" at once, the next question is held back for up to a tenth of a
    // second, so that a loop around poll() may do without a pause. Throws what the statement failed
    // with.
    virtual Status poll() = 0;
    // Polls until the statement has finished. A statement may run for long: no timeout means no
    // limit.
    virtual void wait(std::optional<cistern::Timeout> timeout = {}) = 0;

    // False for statements without rows, as far as is known now: sure once poll() said kFinished.
    [[nodiscard]] virtual bool has_result() const noexcept = 0;
    // Rows a statement changed, where the server tells.
    [[nodiscard]] virtual std::optional<std::int64_t> affected_rows() const noexcept = 0;
    // The columns of the result. REQUIRES: finished, has_result()
    virtual const std::vector<ColumnInfo>& columns() = 0;
    // Replaces `batch` by the next rows; false at the end, with `batch` empty, as it is after an
    // error. Waits, without a limit, for the statement to finish and for a server that promises
    // rows and has none yet; each answer has to come within `call_timeout`, and cancel() ends the
    // wait. From the second call on the rows after these are asked for before it returns, so that
    // the server works while the caller does. The session's next call reads that answer first; who
    // wants no more rows calls close(), else a lease that ends with an answer under way loses its
    // connection.
    virtual bool fetch(Batch& batch) = 0;

    // The next lines of the server's log that have not been handed out yet; empty where it keeps
    // none, or when there are no more. What is very long comes in parts, one for each call.
    virtual std::vector<std::string> log() = 0;
    // The server's own name for the statement; empty when it has none.
    virtual std::string query_id() = 0;

    // Asks the server to stop, over a connection of its own, so that it does not queue up behind a
    // poll that is waiting. The other calls then end in StatementCancelled.
    virtual void cancel() = 0;
    // Frees the result on the server, after which the operation is of no more use.
    virtual void close() = 0;
};

// Narrows a metadata call. SQL LIKE patterns: % and _, with \ before either to mean itself. Empty:
// all.
struct MetadataFilter {
    std::string schema{};
    std::string table{};
    std::string column{};
    std::string function{};
    std::vector<std::string> table_types{};
};

// What GetInfo tells about the server.
struct ServerInfo {
    std::string name;     // "Apache Hive", "Spark SQL"
    std::string version;  // "4.0.1"
};

// One session with a HiveServer2.
//
// Thread safety:  one task at a time.
// Ownership:      belongs to the lease it was borrowed with.
// Waiting, errors: as Operation.
class Session {
public:
    Session() = default;
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    virtual ~Session() = default;

    // Starts a statement and returns before it has finished. `sql` is one statement without its
    // semicolon.
    virtual std::unique_ptr<Operation> execute(std::string_view sql,
                                               const ExecuteOptions& options = {}) = 0;

    // Metadata; the result's columns are those of JDBC's DatabaseMetaData, by name.
    virtual std::unique_ptr<Operation> catalogs() = 0;
    virtual std::unique_ptr<Operation> schemas(const MetadataFilter& filter = {}) = 0;
    virtual std::unique_ptr<Operation> tables(const MetadataFilter& filter = {}) = 0;
    virtual std::unique_ptr<Operation> table_types() = 0;
    virtual std::unique_ptr<Operation> columns(const MetadataFilter& filter = {}) = 0;
    virtual std::unique_ptr<Operation> functions(const MetadataFilter& filter = {}) = 0;
    virtual std::unique_ptr<Operation> type_info() = 0;
    virtual std::unique_ptr<Operation> primary_keys(const MetadataFilter& filter) = 0;
    virtual std::unique_ptr<Operation> cross_reference(const MetadataFilter& parent,
                                                       const MetadataFilter& foreign) = 0;

    // A token that stands for `owner`, who may be the user of this session or one whom the server
    // lets that user act for: with it another process logs in (auth = delegationtoken) without a
    // password or ticket, until it expires or is cancelled. `renewer` may put off its end. Servers
    // give tokens to sessions that logged in by Kerberos, and to no others; they answer
    // StatementError.
    virtual cistern::Secret delegation_token(const std::string& owner,
                                             const std::string& renewer) = 0;
    virtual void renew_delegation_token(const cistern::Secret& token) = 0;
    // The token is of no more use. Sessions that logged in by it go on.
    virtual void cancel_delegation_token(const cistern::Secret& token) = 0;

    virtual ServerInfo server_info() = 0;
    // The protocol version both sides agreed on, 1 to 11.
    [[nodiscard]] virtual int protocol_version() const noexcept = 0;
};

}  // namespace hive
