#pragma once

#include "hive_rpc/TCLIService_types.h"
#include "options.hpp"
#include "rpc/operation.hpp"
#include "rpc/session.hpp"
#include "sql/catalog.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace sandbox {

// A handle of a session or an operation that is not here (any more).
class HandleUnknown : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// All sessions and operations of one server. Handles are known to every connection.
//
// Thread safety:  every member may be called by any number of threads at once.
class Engine {
public:
    Engine(const Options& options, Catalog& catalog, Clocks clocks = {})
        : options_{options}, catalog_{catalog}, clocks_{std::move(clocks)} {}

    [[nodiscard]] const Options& options() const noexcept { return options_; }
    [[nodiscard]] const Clocks& clocks() const noexcept { return clocks_; }
    [[nodiscard]] Catalog& catalog() const noexcept { return catalog_; }

    void add(std::shared_ptr<Session> session);
    void add(std::shared_ptr<Operation> operation);

    // Throw HandleUnknown.
    [[nodiscard]] std::shared_ptr<Session> session(const hive::rpc::TSessionHandle& handle) const;
    [[nodiscard]] std::shared_ptr<Operation> operation(
        const hive::rpc::TOperationHandle& handle) const;

    // Closes the session with this guid and all its operations; nothing when it is gone already.
    void close_session(const std::string& guid);
    void close_operation(const std::string& guid);

private:
    const Options& options_;
    Catalog& catalog_;
    const Clocks clocks_;
    mutable std::mutex mutex_;
    std::map<std::string, std::shared_ptr<Session>> sessions_;      // guarded by mutex_
    std::map<std::string, std::shared_ptr<Operation>> operations_;  // guarded by mutex_
};

}  // namespace sandbox
