#include "rpc/engine.hpp"

#include <utility>

namespace sandbox {

void Engine::add(std::shared_ptr<Session> session) {
    const std::lock_guard lock{mutex_};
    sessions_[session->handle().guid] = std::move(session);
}

void Engine::add(std::shared_ptr<Operation> operation) {
    const std::lock_guard lock{mutex_};
    operations_[operation->handle().guid] = std::move(operation);
}

std::shared_ptr<Session> Engine::session(const hive::rpc::TSessionHandle& handle) const {
    const std::lock_guard lock{mutex_};
    const auto found = sessions_.find(handle.sessionId.guid);
    if (found == sessions_.end() || !found->second->handle().matches(handle.sessionId)) {
        throw HandleUnknown{"Invalid SessionHandle: SessionHandle [" +
                            guid_text(handle.sessionId.guid) + "]"};
    }
    return found->second;
}

std::shared_ptr<Operation> Engine::operation(const hive::rpc::TOperationHandle& handle) const {
    const std::lock_guard lock{mutex_};
    const auto found = operations_.find(handle.operationId.guid);
    if (found == operations_.end() || !found->second->handle().matches(handle.operationId)) {
        throw HandleUnknown{"Invalid OperationHandle: OperationHandle [" +
                            guid_text(handle.operationId.guid) + "]"};
    }
    return found->second;
}

void Engine::close_session(const std::string& guid) {
    std::shared_ptr<Session> session;
    std::vector<std::shared_ptr<Operation>> operations;
    {
        const std::lock_guard lock{mutex_};
        const auto found = sessions_.find(guid);
        if (found == sessions_.end()) {
            return;
        }
        session = found->second;
        sessions_.erase(found);
        for (auto i = operations_.begin(); i != operations_.end();) {
            if (&i->second->session() == session.get()) {
                operations.push_back(std::move(i->second));
                i = operations_.erase(i);
            } else {
                ++i;
            }
        }
    }
    // Ending a running statement takes a moment: not under the lock.
    for (const auto& operation : operations) {
        operation->cancel();
    }
}

void Engine::close_operation(const std::string& guid) {
    std::shared_ptr<Operation> operation;
    {
        const std::lock_guard lock{mutex_};
        const auto found = operations_.find(guid);
        if (found == operations_.end()) {
            return;
        }
        operation = std::move(found->second);
        operations_.erase(found);
    }
    operation->cancel();
}

}  // namespace sandbox
