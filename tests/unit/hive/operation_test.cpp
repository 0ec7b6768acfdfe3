// The life of a statement on the server.

#include "session_fixture.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>

using namespace hive::test;
using namespace std::chrono_literals;
using hive::rpc::TOperationState;
using Methods = std::vector<std::string>;

namespace {

std::string started(bool has_result) {
    hive::rpc::TExecuteStatementResp result;
    result.status = success();
    result.__set_operationHandle(operation_handle('Q', has_result));
    return reply("ExecuteStatement", result);
}

}  // namespace

TEST_CASE("a statement is started asynchronously with its own settings and limit", "[unit][hive]") {
    SessionFixture fixture;
    const auto operation = fixture.session().execute("select 1", {{{"k", "v"}}, 7s});
    const auto request = request_of<hive::rpc::TExecuteStatementReq>(fixture.server->last_call());
    CHECK(request.statement == "select 1");
    CHECK(request.runAsync);
    CHECK(request.confOverlay.at("k") == "v");
    CHECK(request.queryTimeout == 7);
}

TEST_CASE("waiting asks until the state is final", "[unit][hive]") {
    SessionFixture fixture;
    const auto operation = fixture.session().execute("select 1");
    for (const auto state : {TOperationState::INITIALIZED_STATE,
                             TOperationState::PENDING_STATE,
                             TOperationState::RUNNING_STATE}) {
        fixture.server->prepare(status_of(state));
    }
    fixture.server->prepare(status_of(77));  // from the future
    operation->wait();
    CHECK(fixture.server->count("GetOperationStatus") == 5);
    operation->wait();  // known by now
    CHECK(fixture.server->count("GetOperationStatus") == 5);
}

TEST_CASE("a statement in a state that nobody knows has finished once the server says when",
          "[unit][hive]") {
    SessionFixture fixture;
    const auto operation = fixture.session().execute("select 1");
    hive::rpc::TGetOperationStatusResp result;
    result.status = success();
    result.__set_operationState(99);
    result.__set_operationCompleted(1700000000000);
    fixture.server->prepare(reply("GetOperationStatus", result));
    CHECK(operation->poll().state == hive::State::kFinished);
}

TEST_CASE("one look tells the state and the progress", "[unit][hive]") {
    SessionFixture fixture;
    const auto operation = fixture.session().execute("select 1");
    hive::rpc::TGetOperationStatusResp result;
    result.status = success();
    result.__set_operationState(TOperationState::RUNNING_STATE);
    hive::rpc::TProgressUpdateResp progress;
    progress.headerNames = {"VERTICES", "STATUS"};
    progress.rows = {{"Map 1", "RUNNING"}};
    progress.progressedPercentage = 0.25;
    progress.footerSummary = "VERTICES: 00/01";
    result.__set_progressUpdateResponse(progress);
    fixture.server->prepare(reply("GetOperationStatus", result));
    const auto status = operation->poll();
    CHECK(status.state == hive::State::kRunning);
    REQUIRE(status.progress);
    CHECK(status.progress->rows.at(0).at(0) == "Map 1");
    CHECK(status.progress->fraction == 0.25);
    CHECK(request_of<hive::rpc::TGetOperationStatusReq>(fixture.server->last_call())
              .getProgressUpdate);
    CHECK_FALSE(operation->poll().progress);
}

TEST_CASE("a loop around poll() does not flood a server that answers at once", "[unit][hive]") {
    SessionFixture fixture;
    const auto operation = fixture.session().execute("select 1");
    for (int look = 0; look < 30; ++look) {
        fixture.server->prepare(status_of(TOperationState::RUNNING_STATE));
    }
    CHECK(operation->poll().state == hive::State::kRunning);
    CHECK(fixture.io.clock().now() == 0s);  // neither the first question nor its answer is late
    for (int look = 1; look < 30; ++look) {
        CHECK(operation->poll().state == hive::State::kRunning);
    }
    CHECK(fixture.io.clock().now() > 2s);
    CHECK(fixture.io.clock().now() <= 3s);
}

TEST_CASE("a server that holds a question open is asked again without delay", "[unit][hive]") {
    SessionFixture fixture;
    const auto operation = fixture.session().execute("select 1");
    fixture.script->answers([&](std::string_view call) {
        fixture.io.manual_clock().advance(5s);
        return fixture.server->answer(call);
    });
    fixture.server->prepare(status_of(TOperationState::RUNNING_STATE));
    static_cast<void>(operation->poll());
    static_cast<void>(operation->poll());
    CHECK(fixture.io.clock().now() == 10s);
}

TEST_CASE("rows are announced by the handle or by the status", "[unit][hive]") {
    const auto in_handle = GENERATE(false, true);
    const auto in_status = GENERATE(as<std::optional<bool>>{}, std::nullopt, false, true);
    SessionFixture fixture;
    fixture.server->prepare(started(in_handle));
    const auto operation = fixture.session().execute("x");
    fixture.server->prepare(status_of(TOperationState::FINISHED_STATE, in_status));
    operation->wait();
    CHECK(operation->has_result() == (in_handle || in_status.value_or(false)));
}

TEST_CASE("a statement without rows is not fetched from", "[unit][hive]") {
    SessionFixture fixture;
    fixture.server->prepare(started(false));
    const auto operation = fixture.session().execute("create table t (i int)");
    hive::Batch batch;
    CHECK_FALSE(operation->fetch(batch));
    CHECK(fixture.server->count("FetchResults") == 0);
}

TEST_CASE("the number of changed rows is told where the server tells it", "[unit][hive]") {
    SessionFixture fixture;
    const auto operation = fixture.session().execute("insert");
    CHECK_FALSE(operation->affected_rows());
    hive::rpc::TGetOperationStatusResp result;
    result.status = success();
    result.__set_operationState(TOperationState::FINISHED_STATE);
    result.__set_numModifiedRows(12);
    fixture.server->prepare(reply("GetOperationStatus", result));
    operation->wait();
    CHECK(operation->affected_rows() == 12);
}

TEST_CASE("a failing statement tells message, state and code, and the session survives",
          "[unit][hive]") {
    SessionFixture fixture;
    const auto operation = fixture.session().execute("select * from nowhere");
    fixture.server->prepare(failed("Error: Table not found 'nowhere'\n\tat a.b.C", "42S02", 10001));
    try {
        operation->wait();
        FAIL("the statement did not fail");
    } catch (const hive::StatementError& error) {
        CHECK(error.what() == std::string{"Error: Table not found 'nowhere'"});
        CHECK(error.sql_state() == "42S02");
        CHECK(error.code() == 10001);
        CHECK_FALSE(error.breaks_connection());
    }
    CHECK_FALSE(fixture.connection->is_broken());
}

TEST_CASE("an operation that goes is closed on the server before the next call", "[unit][hive]") {
    SessionFixture fixture;
    auto operation = fixture.session().execute("select");
    operation->wait();
    fixture.server->forget_calls();
    operation.reset();
    CHECK(fixture.server->calls().empty());  // a destructor does not wait
    CHECK(fixture.connection->needs_reset());
    static_cast<void>(fixture.session().server_info());
    CHECK(fixture.server->methods() == Methods{"CloseOperation", "GetInfo", "GetInfo"});
    CHECK_FALSE(fixture.connection->needs_reset());
}

TEST_CASE("a closed operation is of no more use and tells nothing", "[unit][hive]") {
    SessionFixture fixture;
    auto operation = fixture.session().execute("select");
    operation->close();
    CHECK(fixture.server->count("CloseOperation") == 1);
    operation->close();
    CHECK(fixture.server->count("CloseOperation") == 1);
    CHECK_THROWS_AS(operation->poll(), cistern::Error);
    CHECK(operation->log().empty());
    CHECK(operation->query_id().empty());
    CHECK_FALSE(fixture.connection->needs_reset());
}

TEST_CASE("the configured number of rows is asked for", "[unit][hive]") {
    SessionFixture fixture{{{"fetch_size", "123"}}};
    const auto operation = fixture.session().execute("select");
    hive::Batch batch;
    CHECK_FALSE(operation->fetch(batch));
    const auto request = request_of<hive::rpc::TFetchResultsReq>(fixture.server->last_call());
    CHECK(request.maxRows == 123);
    CHECK(request.orientation == int{hive::rpc::TFetchOrientation::FETCH_NEXT});
    CHECK(request.fetchType == 0);
}

TEST_CASE("a statement whose answer does not come may have been done", "[unit][hive]") {
    SessionFixture fixture{{{"call_timeout", "3s"}}};
    SECTION("the server is silent") {
        fixture.script->answers([](std::string_view) { return std::string{}; });
        try {
            static_cast<void>(fixture.session().execute("insert"));
            FAIL("there was an answer");
        } catch (const cistern::DeadlineExceeded& error) {
            CHECK(error.outcome_unknown());
            CHECK(fixture.io.clock().now() == 3s);  // one deadline, not one per read
        }
    }
    SECTION("the server is gone") {
        fixture.script->answers([&](std::string_view) {
            fixture.script->then_closes();
            return std::string{};
        });
        try {
            static_cast<void>(fixture.session().execute("insert"));
            FAIL("there was an answer");
        } catch (const cistern::IoError& error) {
            CHECK(error.outcome_unknown());
            CHECK(error.breaks_connection());
        }
    }
    CHECK(fixture.connection->is_broken());
}

TEST_CASE("what changes nothing may be asked again when its answer gets lost", "[unit][hive]") {
    SessionFixture fixture;
    fixture.script->answers([](std::string_view) { return std::string{}; });
    fixture.script->then_closes();
    try {
        static_cast<void>(fixture.session().schemas());
        FAIL("there was an answer");
    } catch (const cistern::IoError& error) {
        CHECK_FALSE(error.outcome_unknown());
        CHECK(error.is_transient());
    }
}

TEST_CASE("what one user did does not keep the next one from asking again", "[unit][hive]") {
    SessionFixture fixture;
    fixture.session().execute("insert")->close();
    const bool same_user = GENERATE(true, false);
    if (!same_user) {
        CHECK_FALSE(fixture.connection->needs_reset());  // as the pool asks when a lease ends
    }
    fixture.script->answers([](std::string_view) { return std::string{}; });
    fixture.script->then_closes();
    try {
        static_cast<void>(fixture.session().schemas());
        FAIL("there was an answer");
    } catch (const cistern::IoError& error) {
        CHECK(error.outcome_unknown() == same_user);
    }
}

TEST_CASE("a wait that ends during a pause does not ask a question that nobody could wait for",
          "[unit][hive]") {
    SessionFixture fixture;
    const auto operation = fixture.session().execute("select");
    fixture.script->answers([&](std::string_view call) {
        fixture.server->prepare(status_of(TOperationState::RUNNING_STATE));
        return fixture.server->answer(call);
    });
    CHECK_THROWS_AS(operation->wait(250ms), cistern::DeadlineExceeded);
    CHECK(fixture.io.clock().now() == 250ms);
    CHECK_FALSE(fixture.connection->is_broken());
    const auto asked = fixture.server->count("GetOperationStatus");
    CHECK_THROWS_AS(operation->wait(0ms), cistern::DeadlineExceeded);
    CHECK(fixture.server->count("GetOperationStatus") == asked);
    CHECK_FALSE(fixture.connection->is_broken());
}

TEST_CASE("a wait that ends between two looks leaves statement and connection alive",
          "[unit][hive]") {
    SessionFixture fixture;
    const auto operation = fixture.session().execute("select");
    fixture.server->prepare(status_of(TOperationState::RUNNING_STATE));
    fixture.server->prepare(status_of(TOperationState::RUNNING_STATE));
    fixture.script->each_call_takes(100ms);
    try {
        operation->wait(400ms);
        FAIL("the statement finished");
    } catch (const cistern::DeadlineExceeded& error) {
        CHECK_FALSE(error.breaks_connection());
    }
    CHECK_FALSE(fixture.connection->is_broken());
    CHECK(operation->poll().state == hive::State::kFinished);
}
