#include "runtime/credential_sources.hpp"

#include "config/references.hpp"

#include <cistern/error.hpp>

#include <algorithm>
#include <utility>

namespace cistern {

ConnectSettings ProvidedCredentials::fetch(const Clock& clock, Deadline deadline) {
    const auto told = [&](const std::string& why) {
        return ConnectError{"pool \"" + pool_ + "\": the credentials \"" + name_ +
                            "\" cannot be had: " + why};
    };
    Credentials found;
    try {
        found = provider_->fetch({pool_, deadline, clock});
    } catch (const Error&) {
        throw;
    } catch (const std::exception& error) {
        throw told(error.what());
    } catch (...) {
        throw told("the provider threw something that is no std::exception");
    }
    const auto origin = "credentials " + name_;
    ConnectSettings settings;
    settings.values["password"] = {std::string{found.password.reveal()}, origin, true};
    if (!found.user.empty()) {
        settings.values["user"] = {std::move(found.user), origin};
    }
    settings.version = std::move(found.version);
    settings.valid_for = std::max(found.lifetime, Timeout::zero());
    settings.renew_after = settings.valid_for - settings.valid_for / 10;
    return settings;
}

ConnectSettings FileCredentials::fetch(const Clock& /*clock*/, Deadline /*deadline*/) {
    ConnectSettings found;
    found.values = settings_;
    for (auto& [key, value] : found.values) {
        auto read = resolve_references(value.reference, environment_, value.folder);
        if (!read.problem.empty() || read.text.empty()) {
            throw ConnectError{
                value.origin + ": " + key + ": " +
                (read.problem.empty() ? "refers to a file that is empty now" : read.problem)};
        }
        value.text = std::move(read.text);
    }
    found.valid_for = Timeout::max();
    return found;
}

}  // namespace cistern
