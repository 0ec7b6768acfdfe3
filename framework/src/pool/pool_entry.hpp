#pragma once

#include "pool/watched_io.hpp"

#include <cistern/connection.hpp>

#include <memory>

namespace cistern {

// What stands in one of the machine's slots.
//
// Thread safety:  belongs to whoever the slot's state names: see PoolImpl.
struct PoolEntry {
    std::unique_ptr<WatchedIo> io;  // outlives the connection
    std::unique_ptr<Connection> connection;
    void* session = nullptr;  // the connection, cast once

    // What can be known without waiting.
    [[nodiscard]] bool is_usable() const noexcept {
        return !connection->is_broken() && io->is_quiet();
    }
    void clear() noexcept {
        session = nullptr;
        connection.reset();
        io.reset();
    }
};

}  // namespace cistern
