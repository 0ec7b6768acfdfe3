#include "delegation_token.hpp"

#include "sasl_cyrus.hpp"
#include "session_fixture.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>

using namespace hive::test;
using cistern::Secret;

namespace {

// "id", "\xfb\xff" (which has both letters that differ between the alphabets), kind "K", service
// "".
const std::string kToken = "AmlkAvv_AUsA";

std::string error_for(const std::string& token) {
    try {
        static_cast<void>(hive::read_delegation_token(Secret{token}));
    } catch (const cistern::ConfigError& error) {
        return error.what();
    }
    return "none";
}

}  // namespace

TEST_CASE("a delegation token logs in by what it says of itself", "[unit][hive]") {
    const auto login = hive::read_delegation_token(Secret{kToken});
    CHECK(login.name == "aWQ=");
    CHECK(login.password.reveal() == "+/8=");
}

TEST_CASE("lengths of a token may take several bytes, and each is held against what is there",
          "[unit][hive]") {
    // 0x8f: one byte of length follows; 0x8c: four; 0x87 is a negative number.
    CHECK(hive::read_delegation_token(Secret{"jwJpZAL7_wFLAA"}).name == "aWQ=");
    CHECK(hive::read_delegation_token(Secret{"jAAAAAJpZAL7_wFLAA"}).name == "aWQ=");
    const auto token = GENERATE(as<std::string>{},
                                "",
                                "!",
                                "A",               // half a byte
                                "AmlkAvv_AUs",     // the service is missing
                                "AmlkAvv_AUsAAA",  // more than a token
                                "fw",              // 127 bytes announced
                                "jP____8",         // 4 GiB announced
                                "h_8",             // a negative length
                                "AAL7_wFLAA");     // nobody
    CAPTURE(token);
    CHECK_THAT(error_for(token), Catch::Contains("not what GetDelegationToken gives"));
    CHECK_THAT(error_for(std::string(100'000, 'A')), Catch::Contains("not what"));
}

TEST_CASE("a session asks for a delegation token, and has it renewed and cancelled",
          "[unit][hive]") {
    SessionFixture fixture;
    hive::rpc::TGetDelegationTokenResp given;
    given.status = success();
    given.__set_delegationToken(kToken);
    fixture.server->prepare(reply("GetDelegationToken", given));
    const auto token = fixture.session().delegation_token("ann", "yarn");
    CHECK(token.reveal() == kToken);
    const auto asked = request_of<hive::rpc::TGetDelegationTokenReq>(fixture.server->last_call());
    CHECK(asked.owner == "ann");
    CHECK(asked.renewer == "yarn");
    hive::rpc::TRenewDelegationTokenResp renewed;
    renewed.status = success();
    fixture.server->prepare(reply("RenewDelegationToken", renewed));
    fixture.session().renew_delegation_token(token);
    fixture.server->prepare(refused<hive::rpc::TCancelDelegationTokenResp>(
        "CancelDelegationToken", "Error canceling delegation token " + kToken));
    CHECK_THROWS_WITH(fixture.session().cancel_delegation_token(token),
                      Catch::Contains("Error canceling delegation token ***"));

    fixture.server->prepare(exception_reply("RenewDelegationToken", 6, "no such token: " + kToken));
    CHECK_THROWS_WITH(fixture.session().renew_delegation_token(token),
                      Catch::Contains("no such token: ***"));
}
