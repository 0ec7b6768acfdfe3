#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace cistern {

// What a connection's cache has done since the connection was opened.
struct StatementCacheStats {
    std::uint64_t hits = 0;       // uses that found their statement
    std::uint64_t misses = 0;     // uses that had to prepare it
    std::uint64_t evictions = 0;  // statements that gave way to others
    std::uint64_t forgotten = 0;  // statements that were kept here and no longer by the server
};

// What becomes of the handle of a statement that gives way.
enum class WhenEvicted {
    kCollect,  // it waits for take_evicted(), because the server has something to close
    kDrop,     // it is destroyed, because the server has not
};

// Statements that one connection has prepared, by their text, for the authors of plugins. `Handle`
// is whatever the plugin calls a prepared statement by: a name, a number, a digest. Once `capacity`
// statements are kept, the one not used for longest gives way; 0 keeps none, so that every use
// prepares. Sizes are numbers of statements: their texts, however long, are kept whole.
//
// A member of the connection, and never shared: what is prepared belongs to one session with one
// server under one login, and ends with it.
//
// Connection::reset() should leave it as it is. What it undoes is what a user has left behind;
// prepared statements change no answer, and the next user of a pool runs the same ones. Only when
// the reset itself makes the server forget them (DISCARD ALL, a new session) does it call
// forget_all().
//
// What gave way is closed on the server where no user waits for it: has_evicted() is a reason for
// Connection::needs_reset(), and reset() closes what take_evicted() gives. A plugin whose users may
// keep a lease for long also sends those closes along with a later request.
//
// Thread safety:  none; one task at a time, as the connection.
// Ownership:      owns texts and handles; destroys handles without closing them on the server.
// Waiting:        does not; what the plugin's functions do is theirs.
// Errors:         what the plugin's functions throw passes through. What prepare() threw for is not
//                 kept; what run() threw for is, because the statement is prepared all the same.
template <class Handle>
class StatementCache {
public:
    explicit StatementCache(std::size_t capacity, WhenEvicted when_evicted = WhenEvicted::kCollect)
        : capacity_{capacity}, when_evicted_{when_evicted} {}
    StatementCache(const StatementCache&) = delete;
    StatementCache& operator=(const StatementCache&) = delete;
    ~StatementCache() = default;

    // Calls `run` with the handle of the statement `text`: the one that is kept, found without
    // allocating, or what `prepare()` returns. A result that is false, say an empty optional, means
    // that the server does not know the handle (any more) and has done nothing: then the statement
    // is prepared again and run again, once. False when that is refused in the same way.
    //
    // REQUIRES: neither function uses this cache
    template <class Prepare, class Run>
    auto use(std::string_view text, Prepare prepare, Run run) {
        const Evict at_the_end{*this};
        auto result = run(found_or_prepared(text, prepare));
        if (!result) {
            forget(entries_.begin());
            result = run(prepared(text, prepare));
            if (!result) {
                forget(entries_.begin());
            }
        }
        return result;
    }

    // The server has forgotten every statement, so that there is nothing to close either.
    void forget_all() noexcept {
        stats_.forgotten += entries_.size();
        by_text_.clear();
        entries_.clear();
        evicted_.clear();
    }

    // Handles of statements that gave way, oldest first, each once.
    [[nodiscard]] bool has_evicted() const noexcept { return !evicted_.empty(); }
    [[nodiscard]] std::vector<Handle> take_evicted() {
        std::vector<Handle> handles;
        handles.reserve(evicted_.size());
        for (auto& entry : evicted_) {
            handles.push_back(*std::move(entry.handle));
        }
        evicted_.clear();
        return handles;
    }

    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
    [[nodiscard]] const StatementCacheStats& stats() const noexcept { return stats_; }

private:
    struct Entry {
        std::string text;
        std::optional<Handle> handle{};  // empty while it is being prepared
    };
    using Entries = std::list<Entry>;  // whose elements stay where they are

    // What is in use may not give way, so that with capacity 0 even that one is evicted at last.
    struct Evict {
        StatementCache& cache;
        ~Evict() {
            while (cache.entries_.size() > cache.capacity_) {
                cache.evict_oldest();
            }
        }
    };

    template <class Prepare>
    Handle& found_or_prepared(std::string_view text, Prepare& prepare) {
        const auto found = by_text_.find(text);
        if (found == by_text_.end()) {
            ++stats_.misses;
            return prepared(text, prepare);
        }
        ++stats_.hits;
        entries_.splice(entries_.begin(), entries_, found->second);
        return *found->second->handle;
    }

    // All memory is taken before the server is asked: a handle that was got is never lost.
    template <class Prepare>
    Handle& prepared(std::string_view text, Prepare& prepare) {
        entries_.push_front({std::string{text}});
        const auto entry = entries_.begin();
        try {
            by_text_.emplace(entry->text, entry);
            return entry->handle.emplace(prepare());
        } catch (...) {
            remove(entry);
            throw;
        }
    }

    void remove(typename Entries::iterator entry) noexcept {
        by_text_.erase(entry->text);
        entries_.erase(entry);
    }

    void forget(typename Entries::iterator entry) noexcept {
        ++stats_.forgotten;
        remove(entry);
    }

    void evict_oldest() noexcept {
        ++stats_.evictions;
        const auto oldest = std::prev(entries_.end());
        if (when_evicted_ == WhenEvicted::kDrop) {
            remove(oldest);
            return;
        }
        by_text_.erase(oldest->text);
        evicted_.splice(evicted_.end(), entries_, oldest);
    }

    const std::size_t capacity_;
    const WhenEvicted when_evicted_;
    Entries entries_;  // the one used last in front
    std::unordered_map<std::string_view, typename Entries::iterator> by_text_;  // views into those
    Entries evicted_;
    StatementCacheStats stats_;
};

}  // namespace cistern
