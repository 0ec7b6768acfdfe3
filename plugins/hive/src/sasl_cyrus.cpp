#include "sasl_cyrus.hpp"

#include <cistern/error.hpp>

#include <sasl/sasl.h>

#include <array>
#include <cstring>
#include <mutex>
#include <vector>

namespace hive {
namespace {

void start_cyrus() {
    // Once in the life of the process; the library keeps count itself if others start it too.
    static std::once_flag started;
    std::call_once(started, [] {
        const int result = sasl_client_init(nullptr);
        if (result != SASL_OK) {
            throw cistern::ConfigError{std::string{"hive: Cyrus SASL does not start: "} +
                                       sasl_errstring(result, nullptr, nullptr)};
        }
    });
}

// The password in the shape Cyrus wants: a length, then the bytes. Wiped when it goes.
class CyrusSecret {
public:
    explicit CyrusSecret(std::string_view value)
        : words_(2 + value.size() / sizeof(unsigned long)) {
        words_[0] = value.size();
        std::memcpy(&words_[1], value.data(), value.size());
    }
    CyrusSecret(const CyrusSecret&) = delete;
    CyrusSecret& operator=(const CyrusSecret&) = delete;
    ~CyrusSecret() {
        for (auto& word : words_) {
            static_cast<volatile unsigned long&>(word) = 0;
        }
    }

    [[nodiscard]] sasl_secret_t* get() noexcept {
        return reinterpret_cast<sasl_secret_t*>(words_.data());
    }

private:
    std::vector<unsigned long> words_;
};

class SaslPlain final : public SaslMechanism {
public:
    SaslPlain(const std::string& host, std::string user, const cistern::Secret& password)
        : user_{std::move(user)}, password_{password.reveal()} {
        start_cyrus();
        check(sasl_client_new(
                  "hive", host.c_str(), nullptr, nullptr, callbacks_.data(), 0, &connection_),
              "begin");
    }
    ~SaslPlain() override { sasl_dispose(&connection_); }

    [[nodiscard]] std::string_view name() const noexcept override { return "PLAIN"; }

    [[nodiscard]] std::string initial_response() override {
        const char* response = nullptr;
        unsigned size = 0;
        const char* chosen = nullptr;
        const int result =
            sasl_client_start(connection_, "PLAIN", nullptr, &response, &size, &chosen);
        if (result == SASL_NOMECH) {
            throw cistern::ConfigError{
                "hive: Cyrus SASL has no PLAIN mechanism here; install the package "
                "libsasl2-modules"};
        }
        check(result, "answer");
        return {response, size};
    }

    [[nodiscard]] std::string step(std::string_view /*challenge*/) override { return {}; }
    [[nodiscard]] bool is_complete() const noexcept override { return true; }
    [[nodiscard]] std::string advice(std::string_view reason) const override {
        return reason.find("Unsupported mechanism type PLAIN") == std::string_view::npos
                   ? std::string{}
                   : " (it wants Kerberos: give principal=hive/_HOST@REALM, as its "
                     "hive.server2.authentication.kerberos.principal)";
    }

private:
    using Callback = int (*)();

    static int give_authorization(void* /*self*/, int /*id*/, const char** result, unsigned* size) {
        *result = "";  // the server derives it from the user
        if (size != nullptr) {
            *size = 0;
        }
        return SASL_OK;
    }
    static int give_user(void* self, int /*id*/, const char** result, unsigned* size) {
        const auto& user = static_cast<SaslPlain*>(self)->user_;
        *result = user.c_str();
        if (size != nullptr) {
            *size = static_cast<unsigned>(user.size());
        }
        return SASL_OK;
    }
    static int give_password(sasl_conn_t* /*connection*/,
                             void* self,
                             int /*id*/,
                             sasl_secret_t** result) {
        *result = static_cast<SaslPlain*>(self)->password_.get();
        return SASL_OK;
    }
    template <class Function>
    static Callback untyped(Function function) noexcept {
        return reinterpret_cast<Callback>(reinterpret_cast<void (*)()>(function));
    }

    void check(int result, const char* doing) {
        if (result != SASL_OK && result != SASL_CONTINUE) {
            throw cistern::AuthError{std::string{"hive: Cyrus SASL cannot "} + doing +
                                     " PLAIN: " + sasl_errstring(result, nullptr, nullptr)};
        }
    }

    std::string user_;
    CyrusSecret password_;
    std::array<sasl_callback_t, 4> callbacks_{{
        {SASL_CB_USER, untyped(&give_authorization), this},
        {SASL_CB_AUTHNAME, untyped(&give_user), this},
        {SASL_CB_PASS, untyped(&give_password), this},
        {SASL_CB_LIST_END, nullptr, nullptr},
    }};
    sasl_conn_t* connection_ = nullptr;
};

}  // namespace

std::unique_ptr<SaslMechanism> make_sasl_plain(const std::string& host,
                                               const std::string& user,
                                               const cistern::Secret& password) {
    return std::make_unique<SaslPlain>(host, user, password);
}

}  // namespace hive
