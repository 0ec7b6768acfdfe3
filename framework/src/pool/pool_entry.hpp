#pragma once

#include "base/mutants.hpp"
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
    bool was_lent = false;

    // What can be known without waiting. What a server says before anybody has asked is a greeting,
    // and belongs to the first user.
    [[nodiscard]] bool is_usable() const noexcept {
        return !connection->is_broken() &&
               (was_lent && !CISTERN_MUTANT(kDirtyComesBack) ? io->is_quiet() : io->is_open());
    }
    void clear() noexcept {
        was_lent = false;
        connection.reset();
        io.reset();
    }
};

}  // namespace cistern
