#include "session_core.hpp"

#include "statement_kind.hpp"

#include <cistern/error.hpp>
#include <cistern/hive/session.hpp>

#include <algorithm>
#include <utility>

namespace hive {
namespace {

bool same(const rpc::TOperationHandle& a, const rpc::TOperationHandle& b) {
    return a.operationId.guid == b.operationId.guid;
}

}  // namespace

SessionCore::SessionCore(SessionPlace place, std::unique_ptr<Rpc> rpc, OpenedSession session)
    : place_{std::move(place)}, rpc_{std::move(rpc)}, session_{std::move(session)} {}

void SessionCore::close_abandoned(cistern::Deadline deadline) {
    while (has_abandoned_) {
        const auto found =
            std::find_if(operations_.begin(), operations_.end(), [](const Tracked& tracked) {
                return tracked.is_abandoned;
            });
        if (found == operations_.end()) {
            has_abandoned_ = false;
            return;
        }
        const auto handle = found->handle;
        operations_.erase(found);
        close_on_server(handle, deadline);
    }
}

void SessionCore::close_on_server(const rpc::TOperationHandle& handle, cistern::Deadline deadline) {
    rpc::TCloseOperationReq request;
    request.operationHandle = handle;
    rpc::TCloseOperationResp reply;
    // What its status says does not matter: either way the server does not hold the operation any
    // more.
    rpc_->call("CloseOperation", request, reply, deadline, repeat_);
}

void SessionCore::check(const rpc::TStatus& status) {
    try {
        check_status(status, *rpc_);
    } catch (const HandleLost&) {
        is_lost_ = true;
        throw;
    }
}

void SessionCore::track(const rpc::TOperationHandle& handle) {
    operations_.push_back({handle});
}

void SessionCore::abandon(const rpc::TOperationHandle& handle) noexcept {
    for (auto& tracked : operations_) {
        if (same(tracked.handle, handle)) {
            tracked.is_abandoned = true;
            has_abandoned_ = true;
        }
    }
}

void SessionCore::note_statement(std::string_view sql) {
    repeat_ = Repeat::kUnsafe;
    is_changed_ = is_changed_ || changes_session(sql);
}

bool SessionCore::end_use() noexcept {
    ++user_number_;
    rpc_->disown_all();
    repeat_ = Repeat::kSafe;
    return !operations_.empty() || must_reopen();
}

void SessionCore::reset(cistern::Deadline deadline) {
    if (!must_reopen()) {
        while (!operations_.empty()) {
            const auto handle = operations_.back().handle;
            operations_.pop_back();
            close_on_server(handle, deadline);
        }
        return;
    }
    operations_.clear();  // they go with their session
    close(deadline);
    session_ = open_session(*rpc_, *place_.spec, session_.version, deadline);
    is_changed_ = false;
}

bool SessionCore::must_reopen() const noexcept {
    const auto when = place_.spec->reset_when;
    return when == SessionSpec::ResetWhen::kAlways ||
           (is_changed_ && when == SessionSpec::ResetWhen::kChanged);
}

void SessionCore::close(cistern::Deadline deadline) {
    rpc::TCloseSessionReq request;
    request.sessionHandle = session_.handle;
    rpc::TCloseSessionResp reply;
    rpc_->call("CloseSession", request, reply, deadline);
}

cistern::Deadline SessionCore::call_deadline() const {
    return place_.io.clock().deadline_after(place_.spec->call_timeout);
}

}  // namespace hive
