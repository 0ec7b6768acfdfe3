#include <cistern/error.hpp>
#include <cistern/tls.hpp>

namespace cistern {
namespace {

Setting text(const char* name, const char* meaning) {
    return {.name = name, .meaning = meaning};
}

Setting choice(const char* name, const char* meaning, std::vector<std::string> choices) {
    return {.name = name,
            .type = SettingType::kChoice,
            .meaning = meaning,
            .choices = std::move(choices)};
}

TlsVerify verify_of(const ConnectorConfig& conf) {
    const auto verify = conf.text("tls_verify", "full");
    return verify == "none" ? TlsVerify::kNone : verify == "ca" ? TlsVerify::kCa : TlsVerify::kFull;
}

[[noreturn]] void refuse(const ConnectorConfig& conf,
                         std::string_view plugin,
                         const std::string& why) {
    throw ConfigError{"pool \"" + conf.pool() + "\": " + std::string{plugin} + "." + why};
}

// Who gives one of these believes to be protected.
void refuse_without_tls(const ConnectorConfig& conf, std::string_view plugin) {
    for (const auto& setting : tls_settings()) {
        if (setting.name != "tls" && conf.has(setting.name)) {
            refuse(conf,
                   plugin,
                   setting.name + " is given and TLS is not on; right would be " +
                       std::string{plugin} + ".tls = on (or off, to do without)");
        }
    }
}

}  // namespace

Settings tls_settings() {
    return {
        choice("tls", "Whether the server is spoken to over TLS; default off.", {"off", "on"}),
        text("tls_ca",
             "PEM file with the certificates of whom to trust; default: whom the system trusts."),
        text("tls_cert",
             "PEM file with a certificate of our own and its chain, for servers that ask."),
        text("tls_key", "PEM file with that certificate's key; default: the same file."),
        {.name = "tls_key_password",
         .type = SettingType::kSecret,
         .meaning = "Password of a key that is encrypted."},
        text("tls_host",
             "Name or address that the server's certificate has to be for; default: the host "
             "connected to."),
        choice("tls_min_version", "Oldest version of TLS to accept; default 1.2.", {"1.2", "1.3"}),
        choice("tls_verify",
               "What is asked of the server's certificate: all, all but its host (ca), or nothing, "
               "which lets anybody read along; default full.",
               {"full", "ca", "none"}),
    };
}

std::optional<TlsOptions> read_tls(const ConnectorConfig& conf,
                                   std::string_view plugin,
                                   const std::string& host) {
    if (!conf.has("tls")) {
        refuse_without_tls(conf, plugin);
    }
    if (conf.text("tls", "off") != "on") {
        return std::nullopt;
    }
    if (conf.has("tls_key") && !conf.has("tls_cert")) {
        refuse(conf, plugin, "tls_key is given without " + std::string{plugin} + ".tls_cert");
    }
    return TlsOptions{.host = conf.text("tls_host", host),
                      .ca_file = conf.text("tls_ca", ""),
                      .cert_file = conf.text("tls_cert", ""),
                      .key_file = conf.text("tls_key", ""),
                      .key_password = conf.secret("tls_key_password"),
                      .min_version = conf.text("tls_min_version", "1.2") == "1.3"
                                         ? TlsVersion::k1_3
                                         : TlsVersion::k1_2,
                      .verify = verify_of(conf)};
}

}  // namespace cistern
