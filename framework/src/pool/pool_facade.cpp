// Which session interface a pool is used with, and the typed object that applications hold.

#include "pool/pool_impl.hpp"
#include "pool/type_name.hpp"

namespace cistern {

std::shared_ptr<detail::PoolCore> PoolImpl::matching(std::string_view /*match*/) {
    throw ConfigError{"pool \"" + parts_.name +
                      "\" has one kind of connection; for others, name the setting of its plugin "
                      "that tells them apart: match_by = <setting>"};
}

void* PoolImpl::facade(const std::type_info& session,
                       detail::SessionCast cast,
                       std::shared_ptr<void> (*make)(PoolCore&)) {
    const std::type_info* const offered = parts_.connector->session_type();
    const std::lock_guard lock{facade_mutex_};
    if (session_ != nullptr && *session_ != session) {
        throw ConfigError{"pool \"" + parts_.name + "\" is used with " + type_name(*session_) +
                          " already and cannot be used with " + type_name(session) + " as well"};
    }
    // Every connection is a Connection, whatever else it is.
    if (offered != nullptr && *offered != session && session != typeid(Connection)) {
        throw ConfigError{"pool \"" + parts_.name + "\": its plugin \"" + parts_.plugin +
                          "\" offers " + type_name(*offered) + ", not " + type_name(session)};
    }
    if (facade_ == nullptr) {
        facade_ = make(*this);
        session_ = &session;
        cast_.store(cast, std::memory_order_release);
    }
    return facade_.get();
}

}  // namespace cistern
