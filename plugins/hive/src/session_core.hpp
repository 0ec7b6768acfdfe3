#pragma once

#include "dial.hpp"
#include "rpc.hpp"
#include "session_spec.hpp"
#include "status_check.hpp"

#include <cistern/deadline.hpp>
#include <cistern/stream.hpp>

#include <hive_rpc/TCLIService_types.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace hive {

// Where a session is and how to reach the same server a second time. Never changes once made.
struct SessionPlace {
    cistern::IoContext& io;
    std::shared_ptr<const SessionSpec> spec;
    cistern::Endpoint host;
};

// One session on one connection, shared by the connection and the operations of its present user.
//
// Thread safety:  none, save place() and what it gives.
// Errors:         as hive::Session.
class SessionCore {
public:
    SessionCore(SessionPlace place, std::unique_ptr<Rpc> rpc, OpenedSession session);

    // One call whose reply has a status. Frees what abandoned operations hold on the server first.
    template <class Request, class Reply>
    void call(const char* method,
              const Request& request,
              Reply& reply,
              cistern::Deadline deadline) {
        close_abandoned(deadline);
        rpc_->call(method, request, reply, deadline, repeat_);
        check(reply.status);
    }
    // Throws what `status` means, and remembers when it means that the session is of no more use.
    void check(const rpc::TStatus& status);
    [[nodiscard]] bool is_broken() const noexcept { return is_lost_ || rpc_->is_broken(); }
    void close_abandoned(cistern::Deadline deadline);

    // Operations that are open on the server. `abandon` never waits and never throws.
    void track(const rpc::TOperationHandle& handle);
    void abandon(const rpc::TOperationHandle& handle) noexcept;

    // To be called before a statement is sent.
    void note_statement(std::string_view sql);
    // Whether what the present user did may be done again when a reply gets lost.
    [[nodiscard]] Repeat repeat() const noexcept { return repeat_; }
    // Called when a user goes; never waits. True when reset() has something to undo.
    [[nodiscard]] bool end_use() noexcept;
    // Closes every operation, and opens the session anew where its user changed it. What the old
    // user still holds is of no more use afterwards.
    void reset(cistern::Deadline deadline);
    void close(cistern::Deadline deadline);

    [[nodiscard]] cistern::Deadline call_deadline() const;
    [[nodiscard]] const SessionPlace& place() const noexcept { return place_; }
    [[nodiscard]] Rpc& rpc() noexcept { return *rpc_; }
    [[nodiscard]] const Rpc& rpc() const noexcept { return *rpc_; }
    [[nodiscard]] const rpc::TSessionHandle& handle() const noexcept { return session_.handle; }
    [[nodiscard]] int version() const noexcept { return session_.version; }
    // Changes with each user.
    [[nodiscard]] std::uint64_t user_number() const noexcept { return user_number_; }

private:
    struct Tracked {
        rpc::TOperationHandle handle;
        bool is_abandoned = false;
    };

    [[nodiscard]] bool must_reopen() const noexcept;
    void close_on_server(const rpc::TOperationHandle& handle, cistern::Deadline deadline);

    const SessionPlace place_;
    const std::unique_ptr<Rpc> rpc_;
    OpenedSession session_;
    std::vector<Tracked> operations_;
    std::uint64_t user_number_ = 1;
    Repeat repeat_ = Repeat::kSafe;
    bool is_changed_ = false;
    bool is_lost_ = false;
    bool has_abandoned_ = false;
};

}  // namespace hive
