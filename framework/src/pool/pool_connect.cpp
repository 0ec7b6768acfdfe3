// How one connection is opened: with the settings as configured, or with credentials that change.

#include "pool/pool_impl.hpp"

#include <bit>
#include <cstddef>
#include <cstring>
#include <utility>

namespace cistern {
namespace {

struct PlainConnection final : Connection {
    void validate(Deadline /*deadline*/) override {}
};

// The function that reset() is for this connection; null where the ABI is another one. Itanium C++
// ABI: a polymorphic object begins with the address of its table of virtual functions (2.4), and a
// pointer to a virtual member function is one more than the function's place in it, in bytes (2.3).
const void* reset_of([[maybe_unused]] const Connection& connection) noexcept {
#if defined(__x86_64__) && defined(__GXX_ABI_VERSION)
    struct MemberFunction {
        std::ptrdiff_t function = 0;
        std::ptrdiff_t adjustment = 0;
    };
    const auto member = std::bit_cast<MemberFunction>(&Connection::reset);
    const std::byte* table = nullptr;
    std::memcpy(&table, static_cast<const void*>(&connection), sizeof table);
    const void* function = nullptr;
    std::memcpy(&function, table + (member.function - 1), sizeof function);
    return function;
#else
    return nullptr;
#endif
}

// Known without calling it, which spares the first user's return a task: a connection that says
// nothing of a reset need not be reset. Where it is not known, the first reset tells.
bool has_nothing_to_reset(const Connection& connection) noexcept {
    static const void* const base = reset_of(PlainConnection{});
    return base != nullptr && reset_of(connection) == base;
}

}  // namespace

void PoolImpl::connect(core::Slot& slot, Deadline deadline) {
    if (parts_.credentials == nullptr) {
        connect_with(slot, parts_.config, deadline);
        return;
    }
    auto held = parts_.credentials->get(clock(), deadline);
    try {
        connect_with(slot, *held, deadline);
        return;
    } catch (const AuthError&) {
        held = parts_.credentials->other_than(*held, clock(), deadline);
        if (held == nullptr) {
            throw;
        }
    }
    connect_with(slot, *held, deadline);
}

void PoolImpl::connect_with(core::Slot& slot,
                            const CredentialCache::Version& version,
                            Deadline deadline) {
    slot.credentials = version.number;
    try {
        connect_with(slot, version.config, deadline);
    } catch (...) {
        rethrow_without(version.secrets);
    }
}

void PoolImpl::connect_with(core::Slot& slot, const ConnectorConfig& config, Deadline deadline) {
    PoolEntry& entry = entry_of(slot);
    entry.clear();
    entry.io = std::make_unique<WatchedIo>(parts_.backend->io(), slot.was_used);
    const auto& settings = endpoints_[slot.endpoint].settings;
    entry.connection = settings.empty()
                           ? parts_.connector->connect(*entry.io, config, deadline)
                           : parts_.connector->connect(*entry.io, config.with(settings), deadline);
    if (entry.connection == nullptr) {
        throw ConnectError{
            "plugin \"" + parts_.plugin + "\" returned no connection and reported no error",
            {.breaks_connection = true}};
    }
    if (has_nothing_to_reset(*entry.connection)) {
        entry.connection->Connection::reset(deadline);  // which learns just that
    }
}

}  // namespace cistern
