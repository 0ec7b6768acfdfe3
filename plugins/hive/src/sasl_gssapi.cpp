#include "sasl_gssapi.hpp"

#include "big_endian.hpp"

#include <cistern/error.hpp>

#include <array>
#include <utility>

namespace hive {
namespace {

// All that the three bytes for it can say. Servers of Hive seal a whole reply as one frame and look
// at nothing; SealedFrames keeps the true limit.
constexpr std::uint32_t kLargestFrame = 0xff'ffff;
constexpr std::size_t kOfferSize = 4;

const char* name_of(Qop qop) {
    switch (qop) {
        case Qop::kConfidentiality:
            return "auth-conf";
        case Qop::kIntegrity:
            return "auth-int";
        case Qop::kAuth:
            break;
    }
    return "auth";
}

constexpr std::array kStrongestFirst{Qop::kConfidentiality, Qop::kIntegrity, Qop::kAuth};

std::string names_of(std::uint8_t qops) {
    std::string names;
    for (const auto qop : kStrongestFirst) {
        if ((qops & static_cast<std::uint8_t>(qop)) != 0) {
            names += (names.empty() ? "" : ", ") + std::string{name_of(qop)};
        }
    }
    return names.empty() ? "nothing" : names;
}

class GssLayer final : public SaslLayer {
public:
    GssLayer(std::shared_ptr<GssContext> context, bool encrypts, std::uint32_t max_frame)
        : context_{std::move(context)},
          encrypts_{encrypts},
          most_{context_->most_within(max_frame, encrypts)} {}

    [[nodiscard]] std::size_t most_at_once() const noexcept override { return most_; }
    [[nodiscard]] std::string seal(std::string_view plain) override {
        return context_->wrap(plain, encrypts_);
    }
    [[nodiscard]] std::string unseal(std::string_view sealed) override {
        auto opened = context_->unwrap(sealed);
        if (encrypts_ && !opened.was_encrypted) {
            throw cistern::ProtocolError{
                "hive: the server sent a frame in clear after auth-conf was agreed on"};
        }
        return std::move(opened.plain);
    }

private:
    const std::shared_ptr<GssContext> context_;
    const bool encrypts_;
    const std::size_t most_;
};

class SaslGssapi final : public SaslMechanism {
public:
    SaslGssapi(const LoginSpec& login, const std::string& host, std::string peer)
        : context_{std::make_shared<GssContext>(
              login.kerberos, host, peer, GssContext::Purpose::kSasl)},
          wanted_{login.qops},
          peer_{std::move(peer)} {}

    [[nodiscard]] std::string_view name() const noexcept override { return "GSSAPI"; }
    [[nodiscard]] std::string initial_response() override { return context_->step({}); }

    [[nodiscard]] std::string step(std::string_view challenge) override {
        if (!context_->is_established()) {
            return context_->step(challenge);
        }
        const auto offer = context_->unwrap(challenge).plain;
        choice_ = choose_layer(offer, wanted_, peer_);
        is_complete_ = true;
        return context_->wrap(choice_.answer, false);
    }
    [[nodiscard]] bool is_complete() const noexcept override { return is_complete_; }

    [[nodiscard]] std::string advice(std::string_view reason) const override {
        if (reason.find("Unsupported mechanism type GSSAPI") != std::string_view::npos) {
            return " (it has no Kerberos: leave principal out, or check the address)";
        }
        return " (the ticket was for " + context_->principal() +
               "; is that the server's hive.server2.authentication.kerberos.principal, and its "
               "keytab as new as the KDC's key? The server's log says more)";
    }

    [[nodiscard]] std::unique_ptr<SaslLayer> take_layer() override {
        if (choice_.qop == Qop::kAuth) {
            return nullptr;
        }
        return std::make_unique<GssLayer>(
            context_, choice_.qop == Qop::kConfidentiality, choice_.max_frame);
    }

private:
    const std::shared_ptr<GssContext> context_;
    const std::uint8_t wanted_;
    const std::string peer_;
    LayerChoice choice_;
    bool is_complete_ = false;
};

}  // namespace

std::unique_ptr<SaslMechanism> make_sasl_gssapi(const LoginSpec& login,
                                                const std::string& host,
                                                const std::string& peer) {
    return std::make_unique<SaslGssapi>(login, host, peer);
}

LayerChoice choose_layer(std::string_view offer, std::uint8_t wanted, const std::string& peer) {
    if (offer.size() != kOfferSize) {
        throw cistern::ProtocolError{"hive: " + peer + " offers SASL protection in " +
                                     std::to_string(offer.size()) + " bytes; four are right"};
    }
    const auto offered = static_cast<std::uint8_t>(offer.front());
    const auto max_frame = from_big_endian<std::uint32_t>(offer.data()) & kLargestFrame;
    for (const auto qop : kStrongestFirst) {
        const auto bit = static_cast<std::uint8_t>(qop);
        if ((offered & wanted & bit) == 0) {
            continue;
        }
        if (qop == Qop::kAuth) {
            return {qop, 0, big_endian(std::uint32_t{bit} << 24)};
        }
        // Room for what a layer adds, or nothing could ever be sent.
        constexpr std::uint32_t kSmallestFrame = 256;
        if (max_frame < kSmallestFrame) {
            throw cistern::ProtocolError{"hive: " + peer + " takes SASL frames of " +
                                         std::to_string(max_frame) + " bytes only"};
        }
        return {qop, max_frame, big_endian(std::uint32_t{bit} << 24 | kLargestFrame)};
    }
    throw cistern::AuthError{"hive: " + peer + " offers saslQop " + names_of(offered) +
                             ", and asked for is " + names_of(wanted) +
                             ": set saslQop as the server's hive.server2.thrift.sasl.qop, or leave "
                             "it out"};
}

}  // namespace hive
