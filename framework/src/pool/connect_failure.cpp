#include "pool/connect_failure.hpp"

#include <cistern/error.hpp>

namespace cistern {
namespace {

ConnectFailureFacts wrapped(const std::string& plugin, const std::string& why) {
    const ConnectError error{"plugin \"" + plugin + "\" failed to connect: " + why};
    return {error.what(), false, false, std::make_exception_ptr(error)};
}

}  // namespace

ConnectFailureFacts describe_connect_failure(const std::exception_ptr& thrown,
                                             const std::string& plugin) {
    try {
        std::rethrow_exception(thrown);
    } catch (const Error& error) {
        const bool is_refusal = dynamic_cast<const AuthError*>(&error) != nullptr;
        return {error.what(), !error.is_transient(), is_refusal, thrown};
    } catch (const std::exception& error) {
        return wrapped(plugin, error.what());
    } catch (...) {
        return wrapped(plugin, "it threw something that is no std::exception");
    }
}

}  // namespace cistern
