#include "gss_error.hpp"

#include <cistern/error.hpp>

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_krb5.h>
#include <krb5/krb5.h>

#include <string_view>

namespace hive {
namespace {

std::string part_of_text(std::uint32_t code, int type) {
    std::string text;
    OM_uint32 more = 0;
    do {
        OM_uint32 minor = 0;
        gss_buffer_desc line = GSS_C_EMPTY_BUFFER;
        const auto mechanism =
            type == GSS_C_MECH_CODE ? const_cast<gss_OID>(gss_mech_krb5) : GSS_C_NO_OID;
        if (GSS_ERROR(gss_display_status(&minor, code, type, mechanism, &more, &line))) {
            break;
        }
        text += (text.empty() ? "" : "; ") +
                std::string{static_cast<const char*>(line.value), line.length};
        gss_release_buffer(&minor, &line);
    } while (more != 0);
    return text;
}

struct Advice {
    std::string_view text;
    bool is_transient = false;
};

constexpr Advice kNoTicket{
    "there is no ticket: run kinit (klist shows what there is), or give a kerberos_keytab"};

Advice advice_for(std::uint32_t major, std::uint32_t minor) {
    switch (static_cast<krb5_error_code>(minor)) {
        case KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN:
            return {
                "the KDC does not know this service: compare the principal with the server's "
                "hive.server2.authentication.kerberos.principal; _HOST stands for the host as it "
                "is "
                "dialled, so connect by the server's full name"};
        case KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN:
            return {"the KDC does not know the user: check kerberos_user and the keytab"};
        case KRB5KRB_AP_ERR_SKEW:
            return {"the clocks of client, server and KDC have to agree within five minutes"};
        case KRB5KRB_AP_ERR_TKT_EXPIRED:
        case KRB5KDC_ERR_NEVER_VALID:
            return {"the ticket has expired: run kinit again, or give a kerberos_keytab"};
        case KRB5KDC_ERR_KEY_EXP:
            return {"the user's password has expired: kpasswd changes it"};
        case KRB5KRB_AP_ERR_BAD_INTEGRITY:
        case KRB5KDC_ERR_PREAUTH_FAILED:
            return {"the key is not the KDC's: make the keytab anew"};
        case KRB5_KDC_UNREACH:
        case KRB5_REALM_CANT_RESOLVE:
            return {"no KDC of the realm answers: check krb5.conf (KRB5_CONFIG) and the network",
                    true};
        case KRB5_REALM_UNKNOWN:
        case KRB5_CONFIG_NODEFREALM:
        case KRB5_CONFIG_CANTOPEN:
            return {
                "write the realm in the principal, hive/_HOST@REALM, and its KDC in krb5.conf "
                "(KRB5_CONFIG)"};
        case KRB5_CC_NOTFOUND:
        case KRB5_FCC_NOFILE:
            return kNoTicket;
        default:
            break;
    }
    switch (GSS_ROUTINE_ERROR(major)) {
        case GSS_S_NO_CRED:
        case GSS_S_DEFECTIVE_CREDENTIAL:
            return kNoTicket;
        case GSS_S_CREDENTIALS_EXPIRED:
            return {"the ticket has expired: run kinit again, or give a kerberos_keytab"};
        case GSS_S_BAD_NAME:
        case GSS_S_BAD_NAMETYPE:
            return {"expected hive/_HOST@REALM"};
        default:
            return {"KRB5_TRACE=/dev/stderr shows what the library tries"};
    }
}

std::string source_of(const GssTarget& target) {
    if (!target.keytab.empty()) {
        return " with the keytab " + target.keytab +
               " (can it be read, and has it a key of the user?)";
    }
    return target.cache.empty() ? std::string{} : " with the ticket cache " + target.cache;
}

}  // namespace

std::string gss_text(std::uint32_t major, std::uint32_t minor) {
    const auto special = minor == 0 ? std::string{} : part_of_text(minor, GSS_C_MECH_CODE);
    return special.empty() ? part_of_text(major, GSS_C_GSS_CODE) : special;
}

void throw_login_failed(const GssTarget& target, std::uint32_t major, std::uint32_t minor) {
    const auto text = gss_text(major, minor);
    // That ticket is for the KDC of another realm.
    const bool is_realm = text.find("krbtgt/") != std::string::npos;
    const auto advice = is_realm
                            ? Advice{"the user's KDC knows no way to the realm of that principal"}
                            : advice_for(major, minor);
    throw cistern::AuthError{"hive: " + target.peer + ": no Kerberos login at " + target.principal +
                                 source_of(target) + ": " + text + " (" + std::string{advice.text} +
                                 ")",
                             {.breaks_connection = true, .is_transient = advice.is_transient}};
}

}  // namespace hive
