#pragma once

#include "config/environment.hpp"
#include "pool/credential_cache.hpp"

#include <cistern/connector_config.hpp>
#include <cistern/credentials.hpp>

#include <map>
#include <memory>
#include <string>

namespace cistern {

// What an application's provider answers, as the settings `user` and `password`.
class ProvidedCredentials final : public CredentialSource {
public:
    // `name` is the provider's, for messages.
    ProvidedCredentials(std::string pool,
                        std::string name,
                        std::shared_ptr<CredentialsProvider> provider)
        : pool_{std::move(pool)}, name_{std::move(name)}, provider_{std::move(provider)} {}

    [[nodiscard]] ConnectSettings fetch(const Clock& clock, Deadline deadline) override;

private:
    const std::string pool_;
    const std::string name_;
    const std::shared_ptr<CredentialsProvider> provider_;
};

// Settings that stand in files of their own (${file:path}), read again before each open: a password
// is changed by writing its file. What cannot be read leaves the last values in force.
class FileCredentials final : public CredentialSource {
public:
    FileCredentials(std::map<std::string, ConfigValue> settings, Environment environment)
        : settings_{std::move(settings)}, environment_{std::move(environment)} {}

    [[nodiscard]] ConnectSettings fetch(const Clock& clock, Deadline deadline) override;

private:
    const std::map<std::string, ConfigValue> settings_;
    const Environment environment_;
};

}  // namespace cistern
