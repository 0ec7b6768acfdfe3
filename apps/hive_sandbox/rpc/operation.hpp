#pragma once

#include "hive_rpc/TCLIService_types.h"
#include "rpc/faults.hpp"
#include "rpc/handle.hpp"
#include "sql/execution.hpp"
#include "sql/run_control.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace sandbox {

class Session;

// Why an operation failed.
struct Failure {
    std::string message;
    std::string state;
    int code = 0;
};

// One look at an operation.
struct OperationView {
    hive::rpc::TOperationState::type state{};
    std::optional<Failure> failure{};
    bool has_result = false;
    std::optional<std::int64_t> affected{};
    std::int64_t started = 0;  // milliseconds since 1970; 0: not yet
    std::int64_t completed = 0;
};

// A statement or metadata call, from its start until it is closed.
//
// Thread safety:  every member may be called by any number of threads at once.
// Ownership:      shares its session; ends its own thread in its destructor.
class Operation {
public:
    using Compile = std::function<std::unique_ptr<Execution>(const RunOptions&)>;
    using Type = hive::rpc::TOperationType::type;

    Operation(std::shared_ptr<Session> session,
              Type type,
              std::string statement,
              std::chrono::seconds timeout,
              Clocks clocks);
    Operation(const Operation&) = delete;
    Operation& operator=(const Operation&) = delete;
    ~Operation();

    // Compiles, here or, when `late`, in the thread that runs it; throws SqlError for a statement
    // that is wrong. Then runs it, in the background unless `wait`.
    void start(Compile compile, bool late, bool wait);

    [[nodiscard]] const Handle& handle() const noexcept { return handle_; }
    [[nodiscard]] Type type() const noexcept { return type_; }
    [[nodiscard]] Session& session() const noexcept { return *session_; }
    [[nodiscard]] std::string query_id() const;

    // Waits until the operation has ended, `patience` at most.
    [[nodiscard]] OperationView view(std::chrono::milliseconds patience);

    // Stops what runs; what has ended stays as it is.
    void cancel();

    // The columns of the result. Throws SqlError unless it has finished.
    [[nodiscard]] std::vector<ResultColumn> columns();

    struct Batch {
        hive::rpc::TRowSet rows;
        std::size_t count = 0;
        bool more = false;           // as told to the client
        std::int64_t delivered = 0;  // rows of the result so far
    };
    // The next rows, `most` of them at most.
    [[nodiscard]] Batch fetch(bool from_start, std::int64_t most);

    // Lines of the log that were not handed out yet, or all.
    [[nodiscard]] std::vector<std::string> log(bool from_start, std::int64_t most);

private:
    using State = hive::rpc::TOperationState::type;

    void run(const Compile& compile);
    void finish(State state, std::optional<Failure> failure);
    [[nodiscard]] std::int64_t wall_now() const;  // milliseconds since 1970
    [[nodiscard]] bool has_ended() const;         // REQUIRES: mutex_ held
    void require_finished();
    void say(const std::string& line);  // REQUIRES: mutex_ held

    // Constant after construction.
    std::shared_ptr<Session> session_;
    Type type_;
    std::string statement_;
    Handle handle_ = Handle::make();

    const decltype(Clocks::wall) wall_;
    RunControl control_;  // synchronises itself

    // Guarded by run_mutex_: held while the statement's machine turns.
    std::mutex run_mutex_;
    std::unique_ptr<Execution> execution_;
    std::int64_t delivered_ = 0;
    bool pause_batch_ = false;

    // Guarded by mutex_.
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    State state_ = hive::rpc::TOperationState::PENDING_STATE;
    std::optional<Failure> failure_;
    bool has_result_ = false;
    bool fetching_ = false;
    std::optional<std::int64_t> affected_;
    std::int64_t started_ = 0;
    std::int64_t completed_ = 0;
    std::vector<std::string> log_;
    std::size_t log_read_ = 0;

    std::thread thread_;
};

}  // namespace sandbox
