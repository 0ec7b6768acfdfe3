#include "pool/credential_cache.hpp"

#include <cistern/error.hpp>

#include <utility>

namespace cistern {

CredentialCache::CredentialCache(ConnectorConfig base,
                                 std::shared_ptr<CredentialSource> source,
                                 std::optional<ConnectSettings> known)
    : base_{std::move(base)}, source_{std::move(source)} {
    if (known) {
        static_cast<void>(accept(std::move(*known), core::Instant::zero()));
    }
}

CredentialCache::Held CredentialCache::get(const Clock& clock, Deadline deadline) {
    {
        const std::lock_guard lock{mutex_};
        if (current_ != nullptr && clock.now() < renew_at_) {
            return current_;
        }
    }
    try {
        return fetch(clock, deadline);
    } catch (...) {
        const std::lock_guard lock{mutex_};
        if (current_ != nullptr && clock.now() < valid_until_) {
            return current_;
        }
        throw;
    }
}

CredentialCache::Held CredentialCache::other_than(const Version& refused,
                                                  const Clock& clock,
                                                  Deadline deadline) noexcept {
    try {
        {
            const std::lock_guard lock{mutex_};
            if (current_ != nullptr && current_->number > refused.number) {
                return current_;  // another open was refused as well, and has asked already
            }
            renew_at_ = core::Instant::zero();
        }
        auto found = fetch(clock, deadline);
        return found->number != refused.number ? found : nullptr;
    } catch (...) {
        return nullptr;  // the refusal says more
    }
}

CredentialCache::Held CredentialCache::fetch(const Clock& clock, Deadline deadline) {
    std::uint64_t question = 0;
    {
        const std::lock_guard lock{mutex_};
        question = ++asked_;
    }
    auto found = source_->fetch(clock, deadline);
    const std::lock_guard lock{mutex_};
    if (question < answered_) {
        return current_;  // what was asked for later is newer
    }
    answered_ = question;
    return accept(std::move(found), clock.now());
}

CredentialCache::Held CredentialCache::accept(ConnectSettings found, core::Instant now) {
    std::map<std::string, std::string> texts;
    std::vector<Secret> secrets;
    for (const auto& [key, value] : found.values) {
        texts.emplace(key, value.text);
        if (value.is_hidden) {
            secrets.emplace_back(value.text);
        }
    }
    if (current_ == nullptr || found.version != version_ || texts != texts_) {
        const auto number = current_ != nullptr ? current_->number + 1 : 1;
        current_ = std::make_shared<const Version>(
            Version{number, base_.with(std::move(found.values)), std::move(secrets)});
        texts_ = std::move(texts);
        version_ = std::move(found.version);
    }
    renew_at_ = core::later(now, found.renew_after);
    valid_until_ = core::later(now, found.valid_for);
    return current_;
}

std::string without_secrets(std::string text, const std::vector<Secret>& secrets) {
    for (const auto& secret : secrets) {
        text = hide(text, secret);
    }
    return text;
}

void rethrow_without(const std::vector<Secret>& secrets) {
    try {
        throw;
    } catch (const std::exception& error) {
        const std::string told = error.what();
        const auto text = without_secrets(told, secrets);
        if (text == told) {
            throw;
        }
        const auto* const known = dynamic_cast<const Error*>(&error);
        if (known == nullptr) {
            throw ConnectError{text};
        }
        if (dynamic_cast<const AuthError*>(&error) != nullptr) {
            throw AuthError{text, known->traits(), known->where()};
        }
        throw ConnectError{text, known->traits(), known->where()};
    }
}

}  // namespace cistern
