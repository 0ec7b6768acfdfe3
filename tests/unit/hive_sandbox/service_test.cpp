#include "rpc/service.hpp"

#include "sql/catalog.hpp"

#include <catch2/catch.hpp>
#include <thrift/TApplicationException.h>

#include <atomic>
#include <chrono>
#include <string>

using namespace sandbox;
using namespace hive::rpc;

namespace {

// Every look finds it this much later, without anybody having waited.
struct LeapingClock {
    RunControl::Clock::time_point now() {
        return RunControl::Clock::time_point{} + std::chrono::seconds{looks++ * leap.load()};
    }
    std::atomic<int> leap{0};
    std::atomic<int> looks{0};
};

// A server without its network: what a connection would call, called.
class ServiceFixture {
public:
    TOpenSessionResp open(std::int32_t version = TProtocolVersion::HIVE_CLI_SERVICE_PROTOCOL_V10,
                          const std::map<std::string, std::string>& configuration = {}) {
        TOpenSessionReq request;
        request.client_protocol = version;
        request.__set_username("tester");
        request.__set_password("hush");
        request.__set_configuration(configuration);
        TOpenSessionResp reply;
        service.begin_call();
        service.OpenSession(reply, request);
        return reply;
    }
    TExecuteStatementResp execute(const TSessionHandle& session,
                                  const std::string& sql,
                                  bool async = true,
                                  std::int64_t timeout = 0) {
        TExecuteStatementReq request;
        request.sessionHandle = session;
        request.statement = sql;
        request.__set_runAsync(async);
        request.__set_queryTimeout(timeout);
        TExecuteStatementResp reply;
        service.begin_call();
        service.ExecuteStatement(reply, request);
        return reply;
    }
    // Until the operation has ended.
    TGetOperationStatusResp status(const TOperationHandle& handle) {
        TGetOperationStatusReq request;
        request.operationHandle = handle;
        request.__set_getProgressUpdate(true);
        TGetOperationStatusResp reply;
        do {
            service.begin_call();
            service.GetOperationStatus(reply, request);
        } while (reply.operationState == int{TOperationState::RUNNING_STATE} ||
                 reply.operationState == int{TOperationState::PENDING_STATE});
        return reply;
    }
    TFetchResultsResp fetch(const TOperationHandle& handle,
                            std::int64_t most = 1000,
                            std::int32_t orientation = TFetchOrientation::FETCH_NEXT,
                            std::int16_t type = 0) {
        TFetchResultsReq request;
        request.operationHandle = handle;
        request.maxRows = most;
        request.orientation = orientation;
        request.__set_fetchType(type);
        TFetchResultsResp reply;
        service.begin_call();
        service.FetchResults(reply, request);
        return reply;
    }
    TStatus cancel(const TOperationHandle& handle) {
        TCancelOperationReq request;
        request.operationHandle = handle;
        TCancelOperationResp reply;
        other.begin_call();
        other.CancelOperation(reply, request);
        return reply.status;
    }
    TStatus close(const TOperationHandle& handle) {
        TCloseOperationReq request;
        request.operationHandle = handle;
        TCloseOperationResp reply;
        service.begin_call();
        service.CloseOperation(reply, request);
        return reply.status;
    }
    TOperationHandle query(const TSessionHandle& session, const std::string& sql) {
        const auto reply = execute(session, sql);
        REQUIRE(reply.status.statusCode == int{TStatusCode::SUCCESS_STATUS});
        REQUIRE(status(reply.operationHandle).operationState ==
                int{TOperationState::FINISHED_STATE});
        return reply.operationHandle;
    }

    Options options = [] {
        Options o;
        o.fetch_cap = 100;
        return o;
    }();
    Catalog catalog{""};
    LeapingClock clock;
    std::chrono::system_clock::time_point wall{std::chrono::seconds{1'700'000'000}};
    Engine engine{
        options, catalog, Clocks{[this] { return clock.now(); }, [this] { return wall; }}};
    Service service{engine, ""};
    Service other{engine, ""};  // a second connection
};

}  // namespace

TEST_CASE_METHOD(ServiceFixture,
                 "the lower protocol version wins, unknown numbers get the newest",
                 "[unit][hive_sandbox]") {
    CHECK(open(4).serverProtocolVersion == 4);
    CHECK(open(10).serverProtocolVersion == 10);
    CHECK(open(42241).serverProtocolVersion == 10);
    CHECK(open(-7).serverProtocolVersion == 10);
}

TEST_CASE_METHOD(ServiceFixture, "a session begins as its client wishes", "[unit][hive_sandbox]") {
    REQUIRE(catalog.databases().size() == 1);
    catalog.create({"shop"});
    const auto session =
        open(9,
             {{"use:database", "Shop"},
              {"set:hivevar:x", "5"},
              {"set:hiveconf:a.b", "c"},
              {"set:hiveconf:hive.server2.thrift.resultset.default.fetch.size", "50000"}});
    REQUIRE(session.status.statusCode == int{TStatusCode::SUCCESS_STATUS});
    CHECK(session.configuration.at("hive.server2.thrift.resultset.default.fetch.size") == "100");
    const auto handle = query(session.sessionHandle,
                              "select current_database(), ${x}, '${hiveconf:a.b}', current_user()");
    const auto columns = fetch(handle).results.columns;
    CHECK(columns.at(0).stringVal.values.at(0) == "shop");
    CHECK(columns.at(1).i32Val.values.at(0) == 5);
    CHECK(columns.at(2).stringVal.values.at(0) == "c");
    CHECK(columns.at(3).stringVal.values.at(0) == "tester");
    CHECK(open(9, {{"use:database", "nope"}}).status.statusCode == int{TStatusCode::ERROR_STATUS});
}

TEST_CASE_METHOD(ServiceFixture,
                 "a result ends with an empty batch, at the cap's pace, and can be read again",
                 "[unit][hive_sandbox]") {
    const auto session = open().sessionHandle;
    const auto handle = query(session, "select id from range(250)");
    const auto size = [&](std::int32_t orientation = TFetchOrientation::FETCH_NEXT) {
        const auto reply = fetch(handle, 1'000'000, orientation);
        CHECK_FALSE(reply.hasMoreRows);
        return reply.results.columns.at(0).i64Val.values.size();
    };
    CHECK(size() == 100);
    CHECK(size() == 100);
    CHECK(size() == 50);
    CHECK(size() == 0);
    CHECK(size() == 0);
    CHECK(size(TFetchOrientation::FETCH_FIRST) == 100);
    CHECK(fetch(handle, 1, TFetchOrientation::FETCH_LAST).status.sqlState == "HY106");
}

TEST_CASE_METHOD(ServiceFixture,
                 "the status tells state, result, progress and changed rows",
                 "[unit][hive_sandbox]") {
    const auto session = open().sessionHandle;
    const auto select = execute(session, "select 1");
    CHECK(select.operationHandle.hasResultSet);
    const auto told = status(select.operationHandle);
    CHECK(told.hasResultSet);
    CHECK(told.operationStarted == 1'700'000'000'000);
    CHECK(told.operationCompleted == 1'700'000'000'000);
    CHECK(told.progressUpdateResponse.headerNames.size() == 9);
    query(session, "create table t (a int)");
    const auto insert = execute(session, "insert into t values (1), (2)");
    CHECK_FALSE(insert.operationHandle.hasResultSet);
    CHECK(status(insert.operationHandle).numModifiedRows == 2);
    CHECK_FALSE(status(insert.operationHandle).hasResultSet);
}

TEST_CASE_METHOD(ServiceFixture,
                 "wrong statements are told at once, failing ones by the status",
                 "[unit][hive_sandbox]") {
    const auto session = open().sessionHandle;
    const auto wrong = execute(session, "select * from nope");
    CHECK(wrong.status.statusCode == int{TStatusCode::ERROR_STATUS});
    CHECK(wrong.status.sqlState == "42S02");
    CHECK(wrong.status.errorCode == 10001);
    CHECK_FALSE(wrong.__isset.operationHandle);
    const auto failing = execute(session, "select raise_error('boom')");
    REQUIRE(failing.status.statusCode == int{TStatusCode::SUCCESS_STATUS});
    const auto told = status(failing.operationHandle);
    CHECK(told.status.statusCode == int{TStatusCode::SUCCESS_STATUS});
    CHECK(told.operationState == int{TOperationState::ERROR_STATE});
    CHECK_THAT(told.errorMessage, Catch::Contains("boom"));
    CHECK(execute(session, "select raise_error('boom')", false).status.statusCode ==
          int{TStatusCode::ERROR_STATUS});
    CHECK_THAT(fetch(failing.operationHandle).status.errorMessage, Catch::Contains("found ERROR"));
}

TEST_CASE_METHOD(ServiceFixture,
                 "another connection can cancel what runs",
                 "[unit][hive_sandbox]") {
    const auto session = open().sessionHandle;
    const auto running = execute(session, "select sandbox_sleep(3600000)").operationHandle;
    CHECK(cancel(running).statusCode == int{TStatusCode::SUCCESS_STATUS});
    CHECK(status(running).operationState == int{TOperationState::CANCELED_STATE});
    CHECK_THAT(fetch(running).status.errorMessage, Catch::Contains("found CANCELED"));
    const auto finished = query(session, "select 1");
    CHECK(cancel(finished).statusCode == int{TStatusCode::SUCCESS_STATUS});
    CHECK(fetch(finished).results.columns.at(0).i32Val.values.size() == 1);
}

TEST_CASE_METHOD(ServiceFixture,
                 "a query timeout ends a statement, not the reading of its result",
                 "[unit][hive_sandbox]") {
    const auto session = open().sessionHandle;
    const auto quick = execute(session, "select 1", true, 1).operationHandle;
    CHECK(status(quick).operationState == int{TOperationState::FINISHED_STATE});
    clock.leap = 2;
    CHECK(fetch(quick).results.columns.at(0).i32Val.values.size() == 1);
    for (const auto* const sql :
         {"select sandbox_sleep(3600000)", "select count(*) from range(100000000000)"}) {
        const auto slow = execute(session, sql, true, 1).operationHandle;
        CHECK(status(slow).operationState == int{TOperationState::TIMEDOUT_STATE});
    }
}

TEST_CASE_METHOD(ServiceFixture,
                 "closing a running statement, or its session, stops it",
                 "[unit][hive_sandbox]") {
    const auto session = open().sessionHandle;
    const auto one = execute(session, "select sandbox_sleep(3600000)").operationHandle;
    const auto two = execute(session, "select count(*) from range(100000000000)").operationHandle;
    CHECK(close(one).statusCode == int{TStatusCode::SUCCESS_STATUS});
    TCloseSessionReq request;
    request.sessionHandle = session;
    TCloseSessionResp reply;
    service.begin_call();
    service.CloseSession(reply, request);
    CHECK(reply.status.statusCode == int{TStatusCode::SUCCESS_STATUS});
    CHECK_THAT(status(two).status.errorMessage, Catch::StartsWith("Invalid OperationHandle: "));
    CHECK_THAT(execute(session, "select 1").status.errorMessage,
               Catch::StartsWith("Invalid SessionHandle: "));
}

TEST_CASE_METHOD(ServiceFixture, "a handle without its secret is unknown", "[unit][hive_sandbox]") {
    auto session = open().sessionHandle;
    auto handle = query(session, "select 1");
    CHECK(handle.operationId.guid.size() == 16);
    CHECK(handle.operationId.secret.size() == 16);
    handle.operationId.secret[0] = static_cast<char>(handle.operationId.secret[0] ^ 1);
    const auto told = fetch(handle).status;
    CHECK(told.statusCode == int{TStatusCode::ERROR_STATUS});
    CHECK_FALSE(told.__isset.sqlState);
    session.sessionId.secret.clear();
    CHECK(execute(session, "select 1").status.statusCode == int{TStatusCode::ERROR_STATUS});
}

TEST_CASE_METHOD(ServiceFixture,
                 "the log is told once, and again from the start",
                 "[unit][hive_sandbox]") {
    const auto handle = query(open().sessionHandle, "select 1");
    const auto lines = [&](std::int32_t orientation) {
        return fetch(handle, 100, orientation, 1).results.columns.at(0).stringVal.values;
    };
    const auto all = lines(TFetchOrientation::FETCH_NEXT);
    REQUIRE(all.size() >= 3);
    CHECK_THAT(all.front(), Catch::Contains("select 1"));
    CHECK(lines(TFetchOrientation::FETCH_NEXT).empty());
    CHECK(lines(TFetchOrientation::FETCH_FIRST) == all);
}

TEST_CASE_METHOD(ServiceFixture,
                 "methods that Hive does not have are unknown here",
                 "[unit][hive_sandbox]") {
    TGetLogResp reply;
    service.begin_call();
    service.GetLog(reply, {});
    REQUIRE(service.outcome().error);
    CHECK(service.outcome().error->type == apache::thrift::TApplicationException::UNKNOWN_METHOD);
}

TEST_CASE_METHOD(ServiceFixture,
                 "GetInfo needs its session and says what this is",
                 "[unit][hive_sandbox]") {
    TGetInfoReq request;
    request.sessionHandle = open().sessionHandle;
    request.infoType = TGetInfoType::CLI_DBMS_NAME;
    TGetInfoResp reply;
    service.begin_call();
    service.GetInfo(reply, request);
    CHECK(reply.infoValue.stringValue == "Hive sandbox");
    request.infoType = 123456;
    service.begin_call();
    service.GetInfo(reply, request);
    CHECK(reply.status.statusCode == int{TStatusCode::ERROR_STATUS});
    CHECK(reply.infoValue.__isset.stringValue);
    request.sessionHandle.sessionId.guid = "x";
    service.begin_call();
    service.GetInfo(reply, request);
    CHECK_THAT(reply.status.errorMessage, Catch::StartsWith("Invalid SessionHandle: "));
}

TEST_CASE_METHOD(ServiceFixture, "a session can be told to misbehave", "[unit][hive_sandbox]") {
    const auto session = open().sessionHandle;
    const auto set = [&](const std::string& fault) {
        query(session, "set sandbox.fault=" + fault);
    };

    SECTION("no such fault") {
        CHECK_THAT(execute(session, "set sandbox.fault=nonsense").status.errorMessage,
                   Catch::Contains("nonsense"));
    }
    SECTION("the result is known late") {
        set("late-result-set");
        const auto late = execute(session, "select 1");
        CHECK_FALSE(late.operationHandle.hasResultSet);
        CHECK(status(late.operationHandle).hasResultSet);
    }
    SECTION("as Spark") {
        set("no-result-set-in-status stack-trace");
        const auto insert = execute(session, "create table t (a int)");
        CHECK(insert.operationHandle.hasResultSet);
        CHECK_FALSE(status(insert.operationHandle).__isset.hasResultSet);
        const auto failing = execute(session, "select * from nope");
        REQUIRE(failing.status.statusCode == int{TStatusCode::SUCCESS_STATUS});
        CHECK_THAT(status(failing.operationHandle).errorMessage, Catch::Contains("\tat org."));
    }
    SECTION("the operation is lost") {
        set("lose-operation-after-rows=100");
        const auto handle = query(session, "select id from range(250)");
        CHECK(fetch(handle).status.statusCode == int{TStatusCode::SUCCESS_STATUS});
        CHECK(fetch(handle).status.statusCode == int{TStatusCode::ERROR_STATUS});
    }
    SECTION("the session is lost, and INVALID_HANDLE says so") {
        set("invalid-handle-status kill-session");
        CHECK(execute(session, "select 1").status.statusCode ==
              int{TStatusCode::INVALID_HANDLE_STATUS});
        CHECK(execute(session, "select 1").status.statusCode == int{TStatusCode::ERROR_STATUS});
    }
    SECTION("the connection drops in the middle of a result") {
        set("drop-after-rows=100");
        const auto handle = query(session, "select id from range(250)");
        fetch(handle);
        CHECK_FALSE(service.outcome().drop);
        fetch(handle);
        CHECK(service.outcome().drop);
    }
    SECTION("hasMoreRows is honest") {
        set("more-rows=honest");
        const auto handle = query(session, "select id from range(150)");
        CHECK(fetch(handle).hasMoreRows);
        CHECK_FALSE(fetch(handle).hasMoreRows);
    }
    SECTION("batches without rows say that there is more") {
        set("more-rows=empty");
        const auto handle = query(session, "select id from range(150)");
        const auto first = fetch(handle);
        CHECK(first.hasMoreRows);
        CHECK(first.results.columns.at(0).i64Val.values.empty());
        CHECK(fetch(handle).results.columns.at(0).i64Val.values.size() == 100);
    }
    SECTION("states nobody knows") {
        execute(session, "set sandbox.fault=unknown-enum");
        CHECK(status(execute(session, "select 1").operationHandle).operationState == 99);
    }
}

TEST_CASE_METHOD(ServiceFixture,
                 "a password is repeated only by the fault that is there for it",
                 "[unit][hive_sandbox]") {
    open(42241);
    CHECK_FALSE(service.outcome().error);
    options.faults.password_in_error = true;
    open(42241);
    REQUIRE(service.outcome().error);
    CHECK_THAT(service.outcome().error->text, Catch::Contains("hush"));
}

TEST_CASE("a session ends with the connection that opened it, unless it is to be kept",
          "[unit][hive_sandbox]") {
    const bool keep = GENERATE(false, true);
    Options options;
    options.keep_sessions = keep;
    Catalog catalog{""};
    Engine engine{options, catalog};
    TOpenSessionResp reply;
    {
        Service connection{engine, "u"};
        connection.begin_call();
        TOpenSessionReq request;
        request.client_protocol = 9;
        connection.OpenSession(reply, request);
        CHECK_NOTHROW(engine.session(reply.sessionHandle));
    }
    if (keep) {
        CHECK_NOTHROW(engine.session(reply.sessionHandle));
    } else {
        CHECK_THROWS_AS(engine.session(reply.sessionHandle), HandleUnknown);
    }
}
