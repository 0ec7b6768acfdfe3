#pragma once

#include <boost/asio/execution_context.hpp>

#include <memory>
#include <mutex>
#include <unordered_set>

namespace cistern {

class StackTask;

// The tasks of one execution context. It owns each until it has ended. When the context is
// destroyed, those that wait are told that they wait in vain, and end.
//
// Thread safety:  every member may be called by any number of threads at once, save close().
class LivingTasks {
public:
    [[nodiscard]] static std::shared_ptr<LivingTasks> of(boost::asio::execution_context& context);

    void add(std::shared_ptr<StackTask> task);
    // What it gives back may be the last reference.
    [[nodiscard]] std::shared_ptr<StackTask> remove(StackTask& task) noexcept;
    // Calls `post` unless the context is being destroyed.
    template <class Post>
    void unless_closed(Post post) {
        const std::lock_guard lock{mutex_};
        if (!is_closed_) {
            post();
        }
    }

    // By the thread that destroys the context, when nobody runs it any more.
    void close() noexcept;

private:
    std::mutex mutex_;
    // -- Guarded by mutex_ ------------------------------------------------------------------------
    std::unordered_set<std::shared_ptr<StackTask>> tasks_;
    bool is_closed_ = false;
};

}  // namespace cistern
