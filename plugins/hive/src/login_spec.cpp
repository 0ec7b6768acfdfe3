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
    if (name == "delegationtoken") {
        return Kind::kDelegationToken;
    }
    if (name == "jwt") {
        return Kind::kBearer;
    }
    throw cistern::ConfigError{"hive: auth = " + auth +
                               " is not supported yet; use noSasl, none, ldap, pam, custom, "
                               "kerberos, delegationToken or jwt"};
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
    const bool is_whole =
        slash != std::string::npos && slash > 0 && slash + 1 < principal.size() &&
        (at == std::string::npos || (at > slash + 1 && at + 1 < principal.size()));
    if (!is_whole) {
        throw cistern::ConfigError{
            "hive: the principal \"" + principal +
            "\" is not that of a service; expected hive/_HOST@REALM, as the server's "
            "hive.server2.authentication.kerberos.principal"};
    }
}

void require_principal(const std::string& principal) {
    if (principal.empty()) {
        throw cistern::ConfigError{
            "hive: auth = kerberos needs the server's principal: principal=hive/_HOST@REALM, as "
            "its hive.server2.authentication.kerberos.principal says"};
    }
    check_principal(principal);
}

[[noreturn]] void refuse_without(const std::string& key, const std::string& auth) {
    throw cistern::ConfigError{"hive: " + key + " is given, and auth = " + auth +
                               " has no use for it: leave one of them out"};
}

// The one of the two that `kind` logs in with.
cistern::Secret token_for(Kind kind,
                          const std::string& auth,
                          const cistern::Secret& delegation,
                          const cistern::Secret& jwt) {
    const bool wants_delegation = kind == Kind::kDelegationToken;
    const bool wants_jwt = kind == Kind::kBearer;
    if (!delegation.empty() && !wants_delegation) {
        refuse_without("delegation_token", auth);
    }
    if (!jwt.empty() && !wants_jwt) {
        refuse_without("jwt", auth);
    }
    const auto& token = wants_jwt ? jwt : delegation;
    if (token.empty() && (wants_delegation || wants_jwt)) {
        const std::string key = wants_jwt ? "jwt" : "delegation_token";
        throw cistern::ConfigError{"hive: auth = " + auth + " needs the token: hive." + key +
                                   " = ${file:PATH}"};
    }
    const bool is_clean = token.reveal().find_first_of(" \r\n") == std::string_view::npos;
    if (!is_clean) {
        throw cistern::ConfigError{"hive: the token for auth = " + auth +
                                   " has blanks or ends of lines in it; a token is one word"};
    }
    return token;
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
    } else if (key == "jwt") {
        jwt_ = cistern::Secret{value};
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
    if (conf.has("jwt")) {
        jwt_ = conf.secret("jwt");
    }
    const auto by_default = !jwt_.empty()                ? Kind::kBearer
                            : kerberos.principal.empty() ? Kind::kPassword
                                                         : Kind::kKerberos;
    login.kind = auth_ ? kind_of(*auth_) : by_default;
    login.is_given = auth_ || by_default != Kind::kPassword;
    if (qop_) {
        login.qops = qops_of(*qop_);
    }
    const auto auth = auth_.value_or(by_default == Kind::kKerberos ? "kerberos"
                                     : by_default == Kind::kBearer ? "jwt"
                                                                   : "none");
    login.token = token_for(login.kind, auth, conf.secret("delegation_token"), jwt_);
    if (login.kind == Kind::kKerberos) {
        require_principal(kerberos.principal);
    } else if (login.kind != Kind::kDelegationToken) {  // URLs for it have a principal, too
        if (!kerberos.principal.empty()) {
            refuse_without("principal", auth);
        }
        if (qop_) {
            refuse_without("saslQop", auth);
        }
    }
    if (login.kind != Kind::kKerberos &&
        (!kerberos.user.empty() || !kerberos.keytab.empty() || !kerberos.cache.empty())) {
        refuse_without("a kerberos_* setting", auth);
    }
    return login;
}

cistern::Settings login_settings() {
    return {
        {.name = "auth",
         .type = SettingType::kChoice,
         .meaning = "As the server's hive.server2.authentication; ldap, pam, custom and none are "
                    "SASL PLAIN; default none, or kerberos where a principal is given",
         .choices =
             {"none", "nosasl", "ldap", "pam", "custom", "kerberos", "delegationtoken", "jwt"}},
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
        {.name = "delegation_token",
         .type = SettingType::kSecret,
         .meaning = "A token of the server's that stands for a user, for auth = delegationtoken"},
        {.name = "jwt",
         .type = SettingType::kSecret,
         .meaning = "A JSON web token, sent as the bearer of each HTTP request, for auth = jwt"},
    };
}

}  // namespace hive
