#include "sasl_cyrus.hpp"

#include "big_endian.hpp"
#include "delegation_token.hpp"

#include <cistern/error.hpp>

#include <sasl/sasl.h>

#include <array>
#include <cstddef>
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

// What the layer of a mechanism may be, in Cyrus' measure: the length of a key, 1 for a signature
// alone.
sasl_security_properties_t properties_for(std::uint8_t qops) {
    constexpr sasl_ssf_t kSigned = 1;
    constexpr sasl_ssf_t kEncrypted = 256;
    // The largest frame that the protocol can announce; servers of Hive send a reply as one.
    constexpr unsigned kLargestFrame = 0xff'ffff;
    const auto has = [&](Qop qop) { return (qops & static_cast<std::uint8_t>(qop)) != 0; };
    sasl_security_properties_t properties{};
    properties.min_ssf = has(Qop::kAuth) ? 0 : has(Qop::kIntegrity) ? kSigned : kSigned + 1;
    properties.max_ssf = has(Qop::kConfidentiality) ? kEncrypted
                         : has(Qop::kIntegrity)     ? kSigned
                                                    : 0;
    properties.maxbufsize = properties.max_ssf == 0 ? 0 : kLargestFrame;
    return properties;
}

// A conversation of Cyrus', which the layer that came out of it shares.
class CyrusConnection {
public:
    CyrusConnection(const char* service, const char* host, const sasl_callback_t* callbacks) {
        start_cyrus();
        check(sasl_client_new(service, host, nullptr, nullptr, callbacks, 0, &connection_),
              "begin");
    }
    CyrusConnection(const CyrusConnection&) = delete;
    CyrusConnection& operator=(const CyrusConnection&) = delete;
    ~CyrusConnection() { sasl_dispose(&connection_); }

    [[nodiscard]] sasl_conn_t* get() const noexcept { return connection_; }

    // The library's own detail may hold what the server said, and so what it was told: never shown.
    static void check(int result, const char* doing) {
        if (result != SASL_OK && result != SASL_CONTINUE) {
            throw cistern::AuthError{std::string{"hive: Cyrus SASL cannot "} + doing + ": " +
                                     sasl_errstring(result, nullptr, nullptr)};
        }
    }

private:
    sasl_conn_t* connection_ = nullptr;
};

// Cyrus writes and wants the length of each frame itself, where our frames have it anyway.
class CyrusLayer final : public SaslLayer {
public:
    CyrusLayer(std::shared_ptr<CyrusConnection> connection, std::size_t most)
        : connection_{std::move(connection)}, most_{most} {}

    [[nodiscard]] std::size_t most_at_once() const noexcept override { return most_; }
    [[nodiscard]] std::string seal(std::string_view plain) override {
        const char* sealed = nullptr;
        unsigned size = 0;
        check(sasl_encode(connection_->get(),
                          plain.data(),
                          static_cast<unsigned>(plain.size()),
                          &sealed,
                          &size),
              "seal");
        std::string_view frame{sealed, size};
        if (size < kHead || from_big_endian<std::uint32_t>(frame.data()) != size - kHead) {
            throw cistern::ProtocolError{"hive: Cyrus SASL made more than one frame of a piece"};
        }
        return std::string{frame.substr(kHead)};
    }
    [[nodiscard]] std::string unseal(std::string_view sealed) override {
        auto frame = big_endian(static_cast<std::uint32_t>(sealed.size()));
        frame.append(sealed);
        const char* plain = nullptr;
        unsigned size = 0;
        check(sasl_decode(connection_->get(),
                          frame.data(),
                          static_cast<unsigned>(frame.size()),
                          &plain,
                          &size),
              "open");
        return {plain, size};
    }

private:
    static constexpr std::size_t kHead = 4;

    static void check(int result, const char* doing) {
        if (result != SASL_OK) {
            throw cistern::ProtocolError{
                std::string{"hive: Cyrus SASL cannot "} + doing +
                " a frame: " + sasl_errstring(result, nullptr, nullptr) +
                (result == SASL_BUFOVER || result == SASL_BADPROT
                     ? "; a reply may have 16 MiB at most behind this layer: lower fetch_size"
                     : "")};
        }
    }

    const std::shared_ptr<CyrusConnection> connection_;
    const std::size_t most_;
};

// Which mechanism, and who is at its other end.
struct CyrusTalk {
    const char* mechanism;
    const char* service;
    std::string host;
    std::uint8_t qops;
};

class CyrusMechanism : public SaslMechanism {
public:
    CyrusMechanism(const CyrusTalk& talk, std::string user, const cistern::Secret& password)
        : mechanism_{talk.mechanism},
          user_{std::move(user)},
          password_{password.reveal()},
          connection_{std::make_shared<CyrusConnection>(
              talk.service, talk.host.c_str(), callbacks_.data())} {
        const auto properties = properties_for(talk.qops);
        CyrusConnection::check(sasl_setprop(connection_->get(), SASL_SEC_PROPS, &properties),
                               "begin");
    }

    [[nodiscard]] std::string_view name() const noexcept override { return mechanism_; }

    [[nodiscard]] std::string initial_response() override {
        const char* response = nullptr;
        unsigned size = 0;
        const char* chosen = nullptr;
        const int result =
            sasl_client_start(connection_->get(), mechanism_, nullptr, &response, &size, &chosen);
        if (result == SASL_NOMECH) {
            throw cistern::ConfigError{std::string{"hive: Cyrus SASL has no "} + mechanism_ +
                                       " mechanism here; install the package libsasl2-modules"};
        }
        return note(result, response, size);
    }

    [[nodiscard]] std::string step(std::string_view challenge) override {
        const char* response = nullptr;
        unsigned size = 0;
        const int result = sasl_client_step(connection_->get(),
                                            challenge.data(),
                                            static_cast<unsigned>(challenge.size()),
                                            nullptr,
                                            &response,
                                            &size);
        return note(result, response, size);
    }
    [[nodiscard]] bool is_complete() const noexcept override { return is_complete_; }

    [[nodiscard]] std::unique_ptr<SaslLayer> take_layer() override {
        if (number(SASL_SSF) == 0) {
            return nullptr;
        }
        return std::make_unique<CyrusLayer>(connection_, number(SASL_MAXOUTBUF));
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
        const auto& user = static_cast<CyrusMechanism*>(self)->user_;
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
        *result = static_cast<CyrusMechanism*>(self)->password_.get();
        return SASL_OK;
    }
    template <class Function>
    static Callback untyped(Function function) noexcept {
        return reinterpret_cast<Callback>(reinterpret_cast<void (*)()>(function));
    }

    std::string note(int result, const char* response, unsigned size) {
        CyrusConnection::check(result, mechanism_);
        is_complete_ = result == SASL_OK;
        return size == 0 ? std::string{} : std::string{response, size};
    }

    [[nodiscard]] unsigned number(int property) const {
        const void* value = nullptr;
        CyrusConnection::check(sasl_getprop(connection_->get(), property, &value), "end");
        return value == nullptr ? 0 : *static_cast<const unsigned*>(value);
    }

    const char* const mechanism_;
    std::string user_;
    CyrusSecret password_;
    std::array<sasl_callback_t, 4> callbacks_{{
        {SASL_CB_USER, untyped(&give_authorization), this},
        {SASL_CB_AUTHNAME, untyped(&give_user), this},
        {SASL_CB_PASS, untyped(&give_password), this},
        {SASL_CB_LIST_END, nullptr, nullptr},
    }};
    const std::shared_ptr<CyrusConnection> connection_;
    bool is_complete_ = false;
};

class SaslPlain final : public CyrusMechanism {
public:
    using CyrusMechanism::CyrusMechanism;

    [[nodiscard]] std::string advice(std::string_view reason) const override {
        return reason.find("Unsupported mechanism type PLAIN") == std::string_view::npos
                   ? std::string{}
                   : " (it wants Kerberos: give principal=hive/_HOST@REALM, as its "
                     "hive.server2.authentication.kerberos.principal)";
    }
};

class SaslDigest final : public CyrusMechanism {
public:
    using CyrusMechanism::CyrusMechanism;

    [[nodiscard]] std::string advice(std::string_view /*reason*/) const override {
        return " (is the delegation token from this server, and neither expired nor cancelled?)";
    }
};

}  // namespace

std::unique_ptr<SaslMechanism> make_sasl_plain(const std::string& host,
                                               const std::string& user,
                                               const cistern::Secret& password) {
    return std::make_unique<SaslPlain>(
        CyrusTalk{"PLAIN", "hive", host, static_cast<std::uint8_t>(Qop::kAuth)}, user, password);
}

// Service and host are what Java makes of none: the server compares them.
std::unique_ptr<SaslMechanism> make_sasl_digest(const cistern::Secret& token, std::uint8_t qops) {
    const auto login = read_delegation_token(token);
    return std::make_unique<SaslDigest>(
        CyrusTalk{"DIGEST-MD5", "null", "default", qops}, login.name, login.password);
}

}  // namespace hive
