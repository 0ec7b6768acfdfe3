// Statements that somebody stops before they have finished.

#include "session_fixture.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>

#include <string>

using namespace hive::test;
using namespace std::chrono_literals;
using hive::rpc::TOperationState;

namespace {

std::string empty_batch_that_promises_more() {
    hive::rpc::TFetchResultsResp result;
    result.status = success();
    result.__set_hasMoreRows(true);
    result.__set_results({});
    return reply("FetchResults", result);
}

}  // namespace

TEST_CASE("a statement that ran into its limit or was cancelled by others ends as cancelled",
          "[unit][hive]") {
    const auto state = GENERATE(
        as<std::int32_t>{}, TOperationState::CANCELED_STATE, TOperationState::TIMEDOUT_STATE);
    SessionFixture fixture;
    const auto operation = fixture.session().execute("select");
    fixture.server->prepare(status_of(state));
    CHECK_THROWS_AS(operation->wait(), hive::StatementCancelled);
}

TEST_CASE("a cancel goes over a connection of its own and ends the other calls", "[unit][hive]") {
    SessionFixture fixture;
    const auto operation = fixture.session().execute("select");
    const auto second = fixture.will_connect_again();
    operation->cancel();
    CHECK(method_of(second->written()) == "CancelOperation");
    CHECK(request_of<hive::rpc::TCancelOperationReq>(second->written())
              .operationHandle.operationId.guid == std::string(16, 'A'));
    CHECK(second->open_streams() == 0);
    CHECK(fixture.io.asked_for().back() == "hive1:10000");
    hive::Batch batch;
    CHECK_THROWS_AS(operation->poll(), hive::StatementCancelled);
    CHECK_THROWS_AS(operation->wait(), hive::StatementCancelled);
    CHECK_THROWS_AS(operation->fetch(batch), hive::StatementCancelled);
    CHECK_FALSE(fixture.connection->is_broken());
}

TEST_CASE("whatever a cancel interrupts ends as cancelled, however the server words it",
          "[unit][hive]") {
    SessionFixture fixture;
    const auto operation = fixture.session().execute("select");
    const std::string words = "Query interrupted";
    // Cancels as soon as `method` is called, and has the server end that call with `error`.
    const auto interrupt = [&](const std::string& method, const std::string& error) {
        fixture.script->answers([&fixture, &operation, method, error](std::string_view call) {
            if (method_of(call) == method) {
                static_cast<void>(fixture.will_connect_again());
                operation->cancel();
                fixture.server->prepare(error);
            }
            return fixture.server->answer(call);
        });
    };
    hive::Batch batch;
    SECTION("a status that says failed") {
        interrupt("GetOperationStatus", failed(words, "HY008", 0));
        CHECK_THROWS_AS(operation->poll(), hive::StatementCancelled);
    }
    SECTION("a refused status") {
        interrupt("GetOperationStatus",
                  refused<hive::rpc::TGetOperationStatusResp>("GetOperationStatus", words));
        CHECK_THROWS_AS(operation->wait(), hive::StatementCancelled);
    }
    SECTION("refused columns") {
        interrupt("GetResultSetMetadata",
                  refused<hive::rpc::TGetResultSetMetadataResp>("GetResultSetMetadata", words));
        CHECK_THROWS_AS(operation->columns(), hive::StatementCancelled);
    }
    SECTION("refused rows") {
        interrupt("FetchResults", refused_fetch(words));
        CHECK_THROWS_AS(operation->fetch(batch), hive::StatementCancelled);
    }
    SECTION("rows that are promised for ever") {
        fixture.script->answers([&](std::string_view call) {
            if (method_of(call) == "FetchResults") {
                fixture.server->prepare(empty_batch_that_promises_more());
                if (fixture.server->count("FetchResults") == 20) {
                    static_cast<void>(fixture.will_connect_again());
                    operation->cancel();
                }
            }
            return fixture.server->answer(call);
        });
        CHECK_THROWS_AS(operation->fetch(batch), hive::StatementCancelled);
        CHECK(fixture.io.clock().now() > 1s);  // not asked without a pause
    }
    CHECK_FALSE(fixture.connection->is_broken());
}

TEST_CASE("a cancel that cannot reach the server says so and cancels nothing", "[unit][hive]") {
    SessionFixture fixture;
    const auto operation = fixture.session().execute("select");
    fixture.io.will_refuse("refused");
    CHECK_THROWS_AS(operation->cancel(), cistern::ConnectError);
    CHECK(operation->poll().state == hive::State::kFinished);
}

TEST_CASE("cancelling what the server has forgotten is no error", "[unit][hive]") {
    SessionFixture fixture;
    const auto operation = fixture.session().execute("select");
    fixture.server->prepare(refused<hive::rpc::TCancelOperationResp>(
        "CancelOperation", "Invalid OperationHandle: OperationHandle [...]"));
    static_cast<void>(fixture.will_connect_again());
    CHECK_NOTHROW(operation->cancel());
}
