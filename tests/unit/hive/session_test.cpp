// What a pool does with a session, and what its user leaves behind.

#include "session_fixture.hpp"
#include "statement_kind.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>

using namespace hive::test;
using Methods = std::vector<std::string>;

namespace {

std::string lost(const char* method) {
    hive::rpc::TGetInfoResp result;
    result.status = failure("Invalid SessionHandle: SessionHandle [...]");
    return reply(method, result);
}

}  // namespace

TEST_CASE("statements that change their session are told from the others", "[unit][hive]") {
    for (const auto* sql : {"SET x=1",
                            "set x = 1",
                            "  \n-- why\n/* and */ use db",
                            "ADD JAR /a.jar",
                            "reload functions",
                            "create temporary table t (i int)",
                            "CREATE TEMPORARY FUNCTION f AS 'x'",
                            "create or replace temp view v as select 1",
                            "create or replace global temporary view v as select 1",
                            "drop temporary function f",
                            "reset",
                            "delete jar /a.jar",
                            "cache table t",
                            "set\tx"}) {
        CAPTURE(sql);
        CHECK(hive::changes_session(sql));
    }
    for (const auto* sql : {"select 1",
                            "",
                            "-- set x",
                            "/* set x */",
                            "insert into t values (1)",
                            "create table t (i int)",
                            "create or replace view v as select 1",
                            "delete from t",
                            "settle",
                            "users",
                            "drop table t",
                            "show databases",
                            "/* never closed"}) {
        CAPTURE(sql);
        CHECK_FALSE(hive::changes_session(sql));
    }
}

TEST_CASE("a session that nobody changed needs no reset", "[unit][hive]") {
    SessionFixture fixture;
    fixture.session().execute("select 1")->close();
    CHECK_FALSE(fixture.connection->needs_reset());
}

TEST_CASE("what a user leaves open is closed before the next one comes", "[unit][hive]") {
    SessionFixture fixture;
    const auto kept = fixture.session().execute("select 1");
    static_cast<void>(fixture.session().execute("select 2"));
    fixture.server->forget_calls();
    REQUIRE(fixture.connection->needs_reset());
    fixture.connection->reset(fixture.soon());
    CHECK(fixture.server->methods() == Methods{"CloseOperation", "CloseOperation"});
    CHECK_FALSE(fixture.connection->needs_reset());
    CHECK_THROWS_WITH(kept->poll(), Catch::Contains("after its lease"));
}

TEST_CASE("a session that its user changed is opened anew on the same connection", "[unit][hive]") {
    SessionFixture fixture{{{"database", "sales"}}};
    fixture.session().execute("use other")->close();
    REQUIRE(fixture.connection->needs_reset());
    fixture.server->forget_calls();
    fixture.connection->reset(fixture.soon());
    CHECK(fixture.server->methods() == Methods{"CloseSession", "OpenSession"});
    CHECK(request_of<hive::rpc::TOpenSessionReq>(fixture.server->last_call())
              .configuration.at("use:database") == "sales");
    CHECK_FALSE(fixture.connection->needs_reset());
    static_cast<void>(fixture.session().execute("select 1"));
    CHECK(request_of<hive::rpc::TExecuteStatementReq>(fixture.server->last_call())
              .sessionHandle.sessionId.guid == std::string(16, '\2'));
    CHECK(fixture.io.asked_for().size() == 1);
}

TEST_CASE("when a session is opened anew is the operator's choice", "[unit][hive]") {
    SECTION("always") {
        SessionFixture fixture{{{"reset", "always"}}};
        CHECK(fixture.connection->needs_reset());
        fixture.connection->reset(fixture.soon());
        CHECK(fixture.server->methods() == Methods{"CloseSession", "OpenSession"});
    }
    SECTION("never") {
        SessionFixture fixture{{{"reset", "never"}}};
        fixture.session().execute("use other")->close();
        CHECK_FALSE(fixture.connection->needs_reset());
    }
}

TEST_CASE("validation asks one light question", "[unit][hive]") {
    SessionFixture fixture;
    fixture.connection->validate(fixture.soon());
    CHECK(fixture.server->methods() == Methods{"GetInfo"});
    CHECK(request_of<hive::rpc::TGetInfoReq>(fixture.server->last_call()).infoType ==
          int{hive::rpc::TGetInfoType::CLI_DBMS_NAME});
}

TEST_CASE("validation can ask what only a living session answers", "[unit][hive]") {
    SessionFixture fixture{{{"validate", "session"}}};
    fixture.connection->validate(fixture.soon());
    CHECK(fixture.server->methods() == Methods{"GetSchemas", "CloseOperation"});
    CHECK_FALSE(fixture.connection->needs_reset());
}

TEST_CASE("a session that the server forgot fails its validation", "[unit][hive]") {
    SessionFixture fixture;
    fixture.server->prepare(lost("GetInfo"));
    CHECK_THROWS_AS(fixture.connection->validate(fixture.soon()), hive::HandleLost);
    CHECK(fixture.connection->is_broken());
}

TEST_CASE("the status for an unknown handle counts as well as its text", "[unit][hive]") {
    SessionFixture fixture;
    hive::rpc::TGetInfoResp result;
    result.status.statusCode = hive::rpc::TStatusCode::INVALID_HANDLE_STATUS;
    fixture.server->prepare(reply("GetInfo", result));
    CHECK_THROWS_AS(fixture.session().server_info(), hive::HandleLost);
}

TEST_CASE("statuses short of an error are success", "[unit][hive]") {
    const auto code = GENERATE(as<std::int32_t>{}, 0, 1, 2);
    SessionFixture fixture;
    hive::rpc::TGetInfoResp result;
    result.status.statusCode = code;
    result.infoValue.__set_stringValue("fine");
    fixture.server->prepare(reply("GetInfo", result));
    CHECK(fixture.session().server_info().name == "fine");
}

TEST_CASE("a status code from the future is an error of the statement", "[unit][hive]") {
    SessionFixture fixture;
    hive::rpc::TGetInfoResp result;
    result.status.statusCode = 99;
    fixture.server->prepare(reply("GetInfo", result));
    CHECK_THROWS_AS(fixture.session().server_info(), hive::StatementError);
}

TEST_CASE("a session is closed politely", "[unit][hive]") {
    SessionFixture fixture;
    fixture.connection->close(fixture.soon());
    CHECK(fixture.server->methods() == Methods{"CloseSession"});
}

TEST_CASE("metadata calls pass on what narrows them and leave out the rest", "[unit][hive]") {
    SessionFixture fixture;
    auto& session = fixture.session();
    const auto started = [](const char* method) {
        hive::rpc::TGetTablesResp result;
        result.status = success();
        result.__set_operationHandle(operation_handle('M'));
        return reply(method, result);
    };
    fixture.server->prepare(started("GetTables"));
    static_cast<void>(session.tables({.schema = "s%", .table = "t\\_x", .table_types = {"VIEW"}}));
    const auto tables = request_of<hive::rpc::TGetTablesReq>(fixture.server->last_call());
    CHECK(tables.schemaName == "s%");
    CHECK(tables.tableName == "t\\_x");
    CHECK(tables.tableTypes == std::vector<std::string>{"VIEW"});
    CHECK_FALSE(tables.__isset.catalogName);

    fixture.server->prepare(started("GetTables"));
    static_cast<void>(session.tables());
    const auto all = request_of<hive::rpc::TGetTablesReq>(fixture.server->last_call());
    CHECK_FALSE(all.__isset.schemaName);
    CHECK_FALSE(all.__isset.tableName);  // empty would mean none
    CHECK_FALSE(all.__isset.tableTypes);

    fixture.server->prepare(started("GetFunctions"));
    static_cast<void>(session.functions());
    CHECK(request_of<hive::rpc::TGetFunctionsReq>(fixture.server->last_call()).functionName == "%");

    fixture.server->prepare(started("GetCrossReference"));
    static_cast<void>(session.cross_reference({.table = "p"}, {.table = "f"}));
    const auto reference =
        request_of<hive::rpc::TGetCrossReferenceReq>(fixture.server->last_call());
    CHECK(reference.parentTableName == "p");
    CHECK(reference.foreignTableName == "f");

    for (const auto* method :
         {"GetCatalogs", "GetTableTypes", "GetColumns", "GetTypeInfo", "GetPrimaryKeys"}) {
        fixture.server->prepare(started(method));
    }
    static_cast<void>(session.catalogs());
    static_cast<void>(session.table_types());
    static_cast<void>(session.columns({.schema = "s", .table = "t", .column = "c"}));
    static_cast<void>(session.type_info());
    static_cast<void>(session.primary_keys({.table = "t"}));
    for (const auto* method :
         {"GetCatalogs", "GetTableTypes", "GetColumns", "GetTypeInfo", "GetPrimaryKeys"}) {
        CHECK(fixture.server->count(method) == 1);
    }
}

TEST_CASE("no part of a password is shown where a server's words are cut", "[unit][hive]") {
    SessionFixture fixture{{{"user", "ann"}, {"password", "hush a.b.SomeError: word"}}};
    const std::string password = "hush a.b.SomeError: word";
    SECTION("to their first part") {
        fixture.server->prepare(
            exception_reply("GetCatalogs", 6, std::string(290, '-') + password + " again"));
    }
    SECTION("to the headline of an error") {
        hive::rpc::TGetCatalogsResp result;
        result.status = failure("cannot take " + password);
        fixture.server->prepare(reply("GetCatalogs", result));
    }
    SECTION("to the headline about a lost session") {
        hive::rpc::TGetCatalogsResp result;
        result.status = failure("Invalid SessionHandle for " + password);
        fixture.server->prepare(reply("GetCatalogs", result));
    }
    CHECK_THROWS_WITH(fixture.session().catalogs(),
                      !Catch::Contains("hush") && !Catch::Contains("word"));
}

TEST_CASE("a call that the server does not offer says so and harms nothing", "[unit][hive]") {
    SessionFixture fixture;
    CHECK_THROWS_AS(fixture.session().catalogs(), hive::NotSupported);
    CHECK_FALSE(fixture.connection->is_broken());
}
