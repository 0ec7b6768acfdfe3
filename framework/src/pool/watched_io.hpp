#pragma once

#include "backend/backend.hpp"

#include <cistern/stream.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

namespace cistern {

class WatchedStream;

// The I/O that one connection is opened with. It remembers every stream it made, so that the pool
// can ask about them without the plugin's help: whether one was used, and whether all of them are
// quiet.
//
// Thread safety:  connect_*() may be called by any number of tasks; is_quiet() belongs to whoever
//                 has the connection, as the streams do.
// Ownership:      refers to the backend's I/O; outlives the connection and its streams.
class WatchedIo final : public IoContext {
public:
    // `is_used` is where to note that some stream was read or written; it outlives this object.
    WatchedIo(IoContext& io, std::atomic<bool>& is_used) : io_{io}, is_used_{is_used} {}

    std::unique_ptr<Stream> connect_tcp(const Endpoint& to, Deadline deadline) override;
    std::unique_ptr<Stream> connect_unix(const std::string& path, Deadline deadline) override;
    [[nodiscard]] const Clock& clock() const noexcept override { return io_.clock(); }
    void sleep_until(Deadline deadline) override { io_.sleep_until(deadline); }
    [[nodiscard]] double random() noexcept override { return io_.random(); }

    // From now on `listener` is told when the peer of an open stream hangs up; where the backend
    // can tell. Not before the connection is open: a connector may leave one peer for another.
    void watch_hang_ups(Backend& backend, std::shared_ptr<HangUpListener> listener) noexcept;

    // Looks at every open stream, without waiting: one system call for each.
    [[nodiscard]] bool is_quiet() const noexcept;
    // The same, but bytes that wait to be read or are owed do not matter.
    [[nodiscard]] bool is_open() const noexcept;

private:
    friend class WatchedStream;
    [[nodiscard]] std::unique_ptr<Stream> watch(std::unique_ptr<Stream> stream);
    template <class Check>
    [[nodiscard]] bool all_streams(Check check) const noexcept;

    IoContext& io_;
    std::atomic<bool>& is_used_;
    mutable std::mutex mutex_;  // a plugin may open several streams at once
    // -- Guarded by mutex_ ------------------------------------------------------------------------
    WatchedStream* first_ = nullptr;  // those still open
    Backend* backend_ = nullptr;      // once hang-ups are watched
    std::shared_ptr<HangUpListener> listener_;
};

}  // namespace cistern
