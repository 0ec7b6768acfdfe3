#pragma once

#include "discovery.hpp"
#include "http_spec.hpp"
#include "login_spec.hpp"
#include "peer_protocol.hpp"
#include "redactor.hpp"
#include "registered_instance.hpp"

#include <cistern/connector_config.hpp>
#include <cistern/secret.hpp>
#include <cistern/stream.hpp>
#include <cistern/tls.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hive {

// Everything the settings of one pool say about its sessions.
//
// Thread safety:  never changes once made.
struct SessionSpec {
    enum class ValidateWith { kInfo, kSession };
    enum class ResetWhen { kChanged, kAlways, kNever };

    std::vector<cistern::Endpoint> hosts;  // none as long as they have to be discovered
    std::optional<Discovery> discovery;
    bool rotate_hosts = false;
    Opening opening = Opening::kSasl;  // of the binary transport
    LoginSpec login;
    std::optional<HttpSpec> http;            // empty: the binary transport
    std::optional<cistern::TlsOptions> tls;  // its host is empty unless the settings give one
    std::string user;
    cistern::Secret password;
    std::map<std::string, std::string> configuration;  // as OpenSession takes it
    std::int64_t fetch_size = 0;
    std::chrono::nanoseconds call_timeout{};
    std::uint64_t max_message_size = 0;
    int newest_version = 0;
    ValidateWith validate_with = ValidateWith::kInfo;
    ResetWhen reset_when = ResetWhen::kChanged;
    std::shared_ptr<const Redactor> redact;
};

[[nodiscard]] cistern::Settings session_settings();
// With `instance`, for that one of the instances that were discovered. Throws ConfigError.
[[nodiscard]] SessionSpec read_session_spec(const cistern::ConnectorConfig& conf,
                                            const RegisteredInstance* instance = nullptr);

}  // namespace hive
