#include "login_spec.hpp"

#include "lower_case.hpp"

#include <cistern/error.hpp>

namespace hive {
namespace {

using cistern::SettingType;
using Kind = LoginSpec::Kind;

Kind kind_of(const std::string& auth) {
    const auto name = lower_case(auth);
    if (name == "nosasl") {
        return Kind::kNoSasl;
    }
    if (name == "none" || name == "ldap" || name == "custom" || name == "pam" || name == "plain") {
        return Kind::kPassword;
    }
    if (name == "kerberos") {
        return Kind::kKerberos;
    }
    throw cistern::ConfigError{"hive: auth = " + auth +
                               " is not supported yet; use noSasl, none, ldap, pam, custom or "
                               "kerberos"};
}

std::uint8_t qops_of(const std::string& text) {
    const auto name = lower_case(text);
    if (name == "auth") {
        return static_cast<std::uint8_t>(Qop::kAuth);
    }
    if (name == "auth-int") {
        return static_cast<std::uint8_t>(Qop::kIntegrity);
    }
    if (name == "auth-conf") {
        return static_cast<std::uint8_t>(Qop::kConfidentiality);
    }
    throw cistern::ConfigError{"hive: saslQop = " + text + " must be auth, auth-int or auth-conf"};
}

// Of hive/_HOST@REALM all but the realm has to be there; krb5.conf knows a realm for the rest.
void check_principal(const std::string& principal) {
    const auto slash = principal.find('/');
    const auto at = principal.find('@');
    const bool is_whole = slash != std::string::npos && slash > 0 && slash + 1 < principal.size() &&
                          (at == std::string::npos ||
                           (at > slash + 1 && at + 1 < principal.size()));
    if (!is_whole) {
        throw cistern::ConfigError{
            "hive: the principal \"" + principal +
            "\" is not that of a service; expected hive/_HOST@REALM, as the server's "
            "hive.server2.authentication.kerberos.principal"};
    }
}

void refuse_without_kerberos(const std::string& key, const std::string& auth) {
    throw cistern::ConfigError{"hive: " + key + " is given, and auth = " + auth +
                               " is not Kerberos: leave one of them out"};
}

void check_java_key(const std::string& key, const std::string& value) {
    if (key == "kerberosAuthType") {
        throw cistern::ConfigError{
            "hive: kerberosAuthType in the JDBC URL is about Java's own logins: leave it out; the "
            "ticket "
            "is taken from the cache of kinit (KRB5CCNAME)"};
    }
    if (lower_case(value) != "false") {
        throw cistern::ConfigError{
            "hive: kerberosEnableCanonicalHostnameCheck in the JDBC URL: names are not looked up "
            "backwards here; write the server's own host name in the principal instead of _HOST"};
    }
}

}  // namespace

bool LoginReader::take_url_key(const std::string& key, const std::string& value) {
    if (key == "auth") {
        static_cast<void>(kind_of(value));
        auth_ = value;
    } else if (key == "principal") {
        principal_ = value;
    } else if (key == "saslQop") {
        static_cast<void>(qops_of(value));
        qop_ = value;
    } else if (key == "kerberosAuthType" || key == "kerberosEnableCanonicalHostnameCheck") {
        check_java_key(key, value);
    } else {
        return false;
    }
    return true;
}

LoginSpec LoginReader::read(const cistern::ConnectorConfig& conf) {
    if (conf.has("auth")) {
        auth_ = conf.text("auth");
    }
    if (conf.has("sasl_qop")) {
        qop_ = conf.text("sasl_qop");
    }
    LoginSpec login;
    auto& kerberos = login.kerberos;
    kerberos.principal = conf.text("principal", principal_);
    kerberos.user = conf.text("kerberos_user", "");
    kerberos.keytab = conf.text("kerberos_keytab", "");
    kerberos.cache = conf.text("kerberos_cache", "");
    // Hive's driver takes a principal for Kerberos.
    const auto by_default = kerberos.principal.empty() ? Kind::kPassword : Kind::kKerberos;
    login.kind = auth_ ? kind_of(*auth_) : by_default;
    if (qop_) {
        login.qops = qops_of(*qop_);
    }
    if (login.kind == Kind::kKerberos) {
        if (kerberos.principal.empty()) {
            throw cistern::ConfigError{
                "hive: auth = kerberos needs the server's principal: principal=hive/_HOST@REALM, "
                "as its "
                "hive.server2.authentication.kerberos.principal says"};
        }
        check_principal(kerberos.principal);
        return login;
    }
    const auto auth = auth_.value_or("none");
    if (!kerberos.principal.empty()) {
        refuse_without_kerberos("principal", auth);
    }
    if (qop_) {
        refuse_without_kerberos("saslQop", auth);
    }
    if (!kerberos.user.empty() || !kerberos.keytab.empty() || !kerberos.cache.empty()) {
        refuse_without_kerberos("a kerberos_* setting", auth);
    }
    return login;
}

cistern::Settings login_settings() {
    return {
        {.name = "auth",
         .type = SettingType::kChoice,
         .meaning = "As the server's hive.server2.authentication; ldap, pam, custom and none are "
                    "SASL PLAIN; default none, or kerberos where a principal is given",
         .choices = {"none", "nosasl", "ldap", "pam", "custom", "kerberos"}},
        {.name = "principal",
         .meaning = "The server's Kerberos principal, hive/_HOST@REALM; _HOST stands for the host "
                    "connected to"},
        {.name = "sasl_qop",
         .type = SettingType::kChoice,
         .meaning = "Protection under Kerberos: none, against changes, or encryption; default the "
                    "best that the server offers",
         .choices = {"auth", "auth-int", "auth-conf"}},
        {.name = "kerberos_user",
         .meaning = "Whose ticket to use, user@REALM; default whom the ticket cache belongs to"},
        {.name = "kerberos_keytab",
         .meaning = "Keytab that tickets are got with; default none: kinit gets them"},
        {.name = "kerberos_cache",
         .meaning = "Ticket cache, as in KRB5CCNAME, which is the default; with a keytab memory"},
    };
}

}  // namespace hive
