#pragma once

#include <cistern/deadline.hpp>

#include <chrono>
#include <map>
#include <mutex>
#include <string>

namespace hive {

// Which hosts opened no session a moment ago: an instance that has died stays registered until
// ZooKeeper gives up its session, for two minutes by Hive's default.
//
// Thread safety:  every member may be called by any number of tasks at once. Only a hint: whoever
// cannot
//                 look at once does without. In a child of fork() the lock may be held for ever, by
//                 a thread that is not there.
// Ownership:      a host is forgotten once it opens a session, or half a minute after it failed.
class RecentFailures {
public:
    void note_failed(const std::string& host, const cistern::Clock& clock) {
        if (const std::unique_lock lock{mutex_, std::try_to_lock}; lock.owns_lock()) {
            std::erase_if(failed_at_, [&](const auto& one) { return is_old(one.second, clock); });
            failed_at_.insert_or_assign(host, clock.now());
        }
    }
    void note_opened(const std::string& host) {
        if (const std::unique_lock lock{mutex_, std::try_to_lock}; lock.owns_lock()) {
            failed_at_.erase(host);
        }
    }
    [[nodiscard]] bool has(const std::string& host, const cistern::Clock& clock) const {
        const std::unique_lock lock{mutex_, std::try_to_lock};
        if (!lock.owns_lock()) {
            return false;
        }
        const auto found = failed_at_.find(host);
        return found != failed_at_.end() && !is_old(found->second, clock);
    }

private:
    // Long enough that an outage costs little, short enough that a server that is back is found.
    static constexpr std::chrono::seconds kRemembered{30};

    [[nodiscard]] static bool is_old(std::chrono::nanoseconds failed_at,
                                     const cistern::Clock& clock) noexcept {
        return clock.now() - failed_at >= kRemembered;
    }

    mutable std::mutex mutex_;
    std::map<std::string, std::chrono::nanoseconds> failed_at_;  // guarded by mutex_
};

}  // namespace hive
