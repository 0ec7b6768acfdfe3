// How one connection is opened: with the settings as configured, or with credentials that change.

#include "pool/pool_impl.hpp"

#include <utility>

namespace cistern {

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
}

}  // namespace cistern
