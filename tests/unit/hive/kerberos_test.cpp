#include "fake_hive.hpp"
#include "gss_context.hpp"
#include "gss_error.hpp"
#include "sasl_gssapi.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>
#include <gssapi/gssapi.h>
#include <krb5/krb5.h>

using hive::choose_layer;
using hive::principal_for;
using hive::Qop;
using hive::test::hex;
using hive::test::unhex;

namespace {

constexpr std::uint8_t kOnlyAuth = 1;
constexpr std::uint8_t kOnlyConfidentiality = 4;

hive::LoginSpec nobody() {
    hive::LoginSpec login;
    login.kind = hive::LoginSpec::Kind::kKerberos;
    login.kerberos = {.principal = "hive/_HOST@R",
                      .user = {},
                      .keytab = {},
                      .cache = "FILE:/does/not/exist"};
    return login;
}

}  // namespace

TEST_CASE("_HOST in a principal stands for the host, in small letters", "[unit][hive]") {
    CHECK(principal_for("hive/_HOST@R", "Hive1.Example.ORG") == "hive/hive1.example.org@R");
    CHECK(principal_for("hive/_HOST", "h") == "hive/h");
    CHECK(principal_for("hive/other@R", "h") == "hive/other@R");
    CHECK(principal_for("hive/_HOSTS@R", "h") == "hive/_HOSTS@R");
    CHECK(principal_for("_HOST/x@_HOST", "h") == "_HOST/x@_HOST");
}

TEST_CASE("of what the server offers and we want, the strongest protection is chosen",
          "[unit][hive]") {
    auto choice = choose_layer(unhex("07010000"), hive::kAnyQop, "h:1");
    CHECK(choice.qop == Qop::kConfidentiality);
    CHECK(choice.max_frame == 65'536);
    CHECK(hex(choice.answer) == "04ffffff");
    choice = choose_layer(unhex("03010000"), hive::kAnyQop, "h:1");
    CHECK(choice.qop == Qop::kIntegrity);
    CHECK(hex(choice.answer) == "02ffffff");
    choice = choose_layer(unhex("07010000"), kOnlyAuth, "h:1");
    CHECK(choice.qop == Qop::kAuth);
    CHECK(hex(choice.answer) == "01000000");  // no layer, so no frames to limit
}

TEST_CASE("protection that the server does not offer is refused, and both sides named",
          "[unit][hive]") {
    CHECK_THROWS_WITH(choose_layer(unhex("01000000"), kOnlyConfidentiality, "h:1"),
                      Catch::Contains("h:1 offers saslQop auth, and asked for is auth-conf"));
    CHECK_THROWS_AS(choose_layer(unhex("06010000"), kOnlyAuth, "h:1"), cistern::AuthError);
    CHECK_THROWS_WITH(choose_layer(unhex("00000000"), hive::kAnyQop, "h:1"),
                      Catch::Contains("offers saslQop nothing"));
}

TEST_CASE("an offer that nothing can be done with is the server's error", "[unit][hive]") {
    const auto offer = GENERATE(as<std::string>{}, "", "040100", "0401000000", "04000000");
    CHECK_THROWS_AS(choose_layer(unhex(offer), hive::kAnyQop, "h:1"), cistern::ProtocolError);
}

TEST_CASE("without a ticket the error names the principal, the cache and kinit", "[unit][hive]") {
    const auto log_in = [] {
        const auto mechanism = hive::make_sasl_gssapi(nobody(), "Hive1", "hive1:10000");
        static_cast<void>(mechanism->initial_response());
    };
    CHECK_THROWS_AS(log_in(), cistern::AuthError);
    CHECK_THROWS_WITH(log_in(),
                      Catch::Contains("hive1:10000: no Kerberos login at hive/hive1@R") &&
                          Catch::Contains("/does/not/exist") && Catch::Contains("run kinit"));
}

TEST_CASE("a keytab that is not there is named", "[unit][hive]") {
    auto login = nobody();
    login.kerberos.cache.clear();
    login.kerberos.keytab = "/no/such/keytab";
    CHECK_THROWS_WITH(
        hive::make_sasl_gssapi(login, "h", "h:1")->initial_response(),
        Catch::Contains("no Kerberos login at hive/h@R") && Catch::Contains("/no/such/keytab"));
}

TEST_CASE("failures of Kerberos say what to do, and which may pass by themselves",
          "[unit][hive]") {
    const auto [code, says, passes] = GENERATE(table<std::int64_t, std::string, bool>({
        {KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN, "the KDC does not know this service", false},
        {KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN, "does not know the user", false},
        {KRB5KRB_AP_ERR_SKEW, "clocks", false},
        {KRB5KRB_AP_ERR_TKT_EXPIRED, "expired", false},
        {KRB5_KDC_UNREACH, "no KDC of the realm answers", true},
        {KRB5_REALM_UNKNOWN, "krb5.conf", false},
        {KRB5KDC_ERR_PREAUTH_FAILED, "make the keytab anew", false},
    }));
    try {
        hive::throw_login_failed({"h:1", "hive/h@R"}, GSS_S_FAILURE, static_cast<std::uint32_t>(code));
    } catch (const cistern::AuthError& error) {
        CHECK_THAT(error.what(), Catch::Contains(says) && Catch::Contains("hive/h@R"));
        CHECK(error.is_transient() == passes);
        CHECK(error.breaks_connection());
    }
}
