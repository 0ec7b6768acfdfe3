#include "gss_context.hpp"

#include "gss_error.hpp"
#include "lower_case.hpp"

#include <cistern/error.hpp>

#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>

#include <array>
#include <utility>

namespace hive {
namespace {

constexpr std::string_view kHostPattern = "_HOST";

// A buffer of the library's, given back when it goes.
struct GssBuffer {
    GssBuffer() = default;
    GssBuffer(const GssBuffer&) = delete;
    GssBuffer& operator=(const GssBuffer&) = delete;
    ~GssBuffer() {
        OM_uint32 minor = 0;
        gss_release_buffer(&minor, &value);
    }
    [[nodiscard]] std::string text() const {
        return value.length == 0 ? std::string{}
                                 : std::string{static_cast<const char*>(value.value), value.length};
    }

    gss_buffer_desc value = GSS_C_EMPTY_BUFFER;
};

// The library reads it only, and its interface does not say so.
gss_buffer_desc borrowed(std::string_view text) noexcept {
    return {text.size(), const_cast<char*>(text.data())};
}

struct GssName {
    GssName() = default;
    GssName(const GssName&) = delete;
    GssName& operator=(const GssName&) = delete;
    ~GssName() {
        OM_uint32 minor = 0;
        gss_release_name(&minor, &value);
    }
    gss_name_t value = GSS_C_NO_NAME;
};

}  // namespace

std::string principal_for(const std::string& principal, const std::string& host) {
    const auto slash = principal.find('/');
    const auto instance = principal.substr(slash + 1, principal.find('@') - slash - 1);
    if (instance != kHostPattern) {
        return principal;
    }
    auto filled = principal;
    return filled.replace(slash + 1, kHostPattern.size(), lower_case(host));
}

struct GssContext::State {
    GssTarget asked;
    OM_uint32 flags = 0;
    GssName target;
    gss_cred_id_t credentials = GSS_C_NO_CREDENTIAL;
    gss_ctx_id_t context = GSS_C_NO_CONTEXT;
    bool is_established = false;

    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        OM_uint32 minor = 0;
        gss_delete_sec_context(&minor, &context, GSS_C_NO_BUFFER);
        gss_release_cred(&minor, &credentials);
    }

    void check_login(OM_uint32 major, OM_uint32 minor) const {
        if (GSS_ERROR(major)) {
            throw_login_failed(asked, major, minor);
        }
    }
    void check_frame(OM_uint32 major, OM_uint32 minor, const char* doing) const {
        if (GSS_ERROR(major) || (major & kOutOfStep) != 0) {
            throw cistern::ProtocolError{"hive: " + asked.peer + ": Kerberos cannot " + doing +
                                         " a frame: " + gss_text(major, minor)};
        }
    }

    void import(const std::string& name, GssName& into) const {
        auto text = borrowed(name);
        OM_uint32 minor = 0;
        check_login(gss_import_name(&minor, &text, GSS_KRB5_NT_PRINCIPAL_NAME, &into.value), minor);
    }
    void acquire(const KerberosLogin& login);

    // Repeated or in the wrong order: over one TCP connection neither happens by itself.
    static constexpr OM_uint32 kOutOfStep =
        GSS_S_DUPLICATE_TOKEN | GSS_S_OLD_TOKEN | GSS_S_UNSEQ_TOKEN | GSS_S_GAP_TOKEN;
};

// Only where something else is asked for than what the library finds by itself.
void GssContext::State::acquire(const KerberosLogin& login) {
    if (login.user.empty() && login.keytab.empty() && login.cache.empty()) {
        return;
    }
    GssName user;
    if (!login.user.empty()) {
        import(login.user, user);
    }
    // A cache in memory for each identity: the library fills it from the keytab, renews it in time,
    // and leaves the user's own one alone.
    const auto cache = login.cache.empty() && !login.keytab.empty()
                           ? "MEMORY:cistern " + login.keytab + ' ' + login.user
                           : login.cache;
    std::array<gss_key_value_element_desc, 2> elements{};
    gss_key_value_set_desc store{0, elements.data()};
    if (!cache.empty()) {
        elements.at(store.count++) = {"ccache", cache.c_str()};
    }
    if (!login.keytab.empty()) {
        elements.at(store.count++) = {"client_keytab", login.keytab.c_str()};
    }
    gss_OID_set_desc mechanisms{1, const_cast<gss_OID>(gss_mech_krb5)};
    OM_uint32 minor = 0;
    const auto major = gss_acquire_cred_from(&minor,
                                             user.value,
                                             GSS_C_INDEFINITE,
                                             &mechanisms,
                                             GSS_C_INITIATE,
                                             store.count == 0 ? nullptr : &store,
                                             &credentials,
                                             nullptr,
                                             nullptr);
    check_login(major, minor);
}

GssContext::GssContext(const KerberosLogin& login,
                       const std::string& host,
                       std::string peer,
                       Purpose purpose)
    : state_{std::make_unique<State>()} {
    state_->asked = {
        std::move(peer), principal_for(login.principal, host), login.keytab, login.cache};
    // HTTP carries one token, so the server's own proof is left to TLS.
    state_->flags = purpose == Purpose::kHttp ? 0
                                              : GSS_C_MUTUAL_FLAG | GSS_C_SEQUENCE_FLAG |
                                                    GSS_C_INTEG_FLAG | GSS_C_CONF_FLAG;
    state_->import(state_->asked.principal, state_->target);
    state_->acquire(login);
}

GssContext::~GssContext() = default;

std::string GssContext::step(std::string_view token) {
    auto received = borrowed(token);
    GssBuffer answer;
    OM_uint32 minor = 0;
    const auto major = gss_init_sec_context(&minor,
                                            state_->credentials,
                                            &state_->context,
                                            state_->target.value,
                                            const_cast<gss_OID>(gss_mech_krb5),
                                            state_->flags,
                                            GSS_C_INDEFINITE,
                                            GSS_C_NO_CHANNEL_BINDINGS,
                                            token.empty() ? GSS_C_NO_BUFFER : &received,
                                            nullptr,
                                            &answer.value,
                                            nullptr,
                                            nullptr);
    state_->check_login(major, minor);
    state_->is_established = major == GSS_S_COMPLETE;
    return answer.text();
}

bool GssContext::is_established() const noexcept {
    return state_->is_established;
}

const std::string& GssContext::principal() const noexcept {
    return state_->asked.principal;
}

std::string GssContext::wrap(std::string_view plain, bool encrypted) {
    auto from = borrowed(plain);
    GssBuffer to;
    OM_uint32 minor = 0;
    int is_encrypted = 0;
    const auto major = gss_wrap(&minor,
                                state_->context,
                                encrypted ? 1 : 0,
                                GSS_C_QOP_DEFAULT,
                                &from,
                                &is_encrypted,
                                &to.value);
    state_->check_frame(major, minor, "seal");
    if (encrypted && is_encrypted == 0) {
        throw cistern::AuthError{"hive: " + state_->asked.peer +
                                 ": Kerberos has agreed on a ticket that cannot encrypt"};
    }
    return to.text();
}

GssContext::Unwrapped GssContext::unwrap(std::string_view sealed) {
    auto from = borrowed(sealed);
    GssBuffer to;
    OM_uint32 minor = 0;
    int was_encrypted = 0;
    const auto major =
        gss_unwrap(&minor, state_->context, &from, &to.value, &was_encrypted, nullptr);
    state_->check_frame(major, minor, "open");
    return {to.text(), was_encrypted != 0};
}

std::size_t GssContext::most_within(std::size_t size, bool encrypted) {
    OM_uint32 minor = 0;
    OM_uint32 most = 0;
    const auto major = gss_wrap_size_limit(&minor,
                                           state_->context,
                                           encrypted ? 1 : 0,
                                           GSS_C_QOP_DEFAULT,
                                           static_cast<OM_uint32>(size),
                                           &most);
    state_->check_frame(major, minor, "measure");
    return most;
}

}  // namespace hive
