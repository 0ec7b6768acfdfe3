#include "hive_connection.hpp"

#include "hive_operation.hpp"

#include <cistern/error.hpp>

#include <string>

namespace hive {
namespace {

// Tells a server that any name will do, where it insists on a pattern.
constexpr const char* kAny = "%";

template <class Request, class Setter>
void set_unless_empty(Request& request, Setter setter, const std::string& value) {
    if (!value.empty()) {
        (request.*setter)(value);
    }
}

// Servers repeat a token that they will not have.
template <class Call>
void without_telling(const cistern::Secret& token, Call call) {
    try {
        call();
    } catch (const StatementError& error) {
        throw StatementError{cistern::hide(error.what(), token),
                             error.sql_state(),
                             error.code(),
                             cistern::hide(error.details(), token)};
    } catch (const cistern::Error& error) {
        const auto shown = cistern::hide(error.what(), token);
        if (shown == error.what()) {
            throw;
        }
        throw cistern::Error{shown, error.traits(), error.where()};
    }
}

}  // namespace

template <class Reply, class Request>
std::unique_ptr<Operation> HiveConnection::start(const char* method, Request& request) {
    request.sessionHandle = core_->handle();
    Reply reply;
    core_->call(method, request, reply, core_->call_deadline());
    if (!reply.__isset.operationHandle) {
        throw cistern::ProtocolError{"hive: " + core_->rpc().peer() + " accepted " + method +
                                     " and gave no handle for it"};
    }
    return std::make_unique<HiveOperation>(core_, reply.operationHandle);
}

void HiveConnection::validate(cistern::Deadline deadline) {
    if (core_->place().spec->validate_with == SessionSpec::ValidateWith::kInfo) {
        static_cast<void>(info(rpc::TGetInfoType::CLI_DBMS_NAME, deadline));
        return;
    }
    rpc::TGetSchemasReq request;
    request.sessionHandle = core_->handle();
    request.__set_schemaName("default");
    rpc::TGetSchemasResp reply;
    core_->call("GetSchemas", request, reply, deadline);
    if (reply.__isset.operationHandle) {
        core_->track(reply.operationHandle);
        core_->abandon(reply.operationHandle);
        core_->close_abandoned(deadline);
    }
}

std::unique_ptr<Operation> HiveConnection::execute(std::string_view sql,
                                                   const ExecuteOptions& options) {
    core_->note_statement(sql);
    rpc::TExecuteStatementReq request;
    request.statement = std::string{sql};
    request.__set_runAsync(true);
    if (!options.conf.empty()) {
        request.__set_confOverlay(options.conf);
    }
    if (options.query_timeout.count() > 0) {
        request.__set_queryTimeout(options.query_timeout.count());
    }
    return start<rpc::TExecuteStatementResp>("ExecuteStatement", request);
}

std::unique_ptr<Operation> HiveConnection::catalogs() {
    rpc::TGetCatalogsReq request;
    return start<rpc::TGetCatalogsResp>("GetCatalogs", request);
}

std::unique_ptr<Operation> HiveConnection::schemas(const MetadataFilter& filter) {
    rpc::TGetSchemasReq request;
    set_unless_empty(request, &rpc::TGetSchemasReq::__set_schemaName, filter.schema);
    return start<rpc::TGetSchemasResp>("GetSchemas", request);
}

std::unique_ptr<Operation> HiveConnection::tables(const MetadataFilter& filter) {
    rpc::TGetTablesReq request;
    set_unless_empty(request, &rpc::TGetTablesReq::__set_schemaName, filter.schema);
    set_unless_empty(request, &rpc::TGetTablesReq::__set_tableName, filter.table);
    if (!filter.table_types.empty()) {
        request.__set_tableTypes(filter.table_types);
    }
    return start<rpc::TGetTablesResp>("GetTables", request);
}

std::unique_ptr<Operation> HiveConnection::table_types() {
    rpc::TGetTableTypesReq request;
    return start<rpc::TGetTableTypesResp>("GetTableTypes", request);
}

std::unique_ptr<Operation> HiveConnection::columns(const MetadataFilter& filter) {
    rpc::TGetColumnsReq request;
    set_unless_empty(request, &rpc::TGetColumnsReq::__set_schemaName, filter.schema);
    set_unless_empty(request, &rpc::TGetColumnsReq::__set_tableName, filter.table);
    set_unless_empty(request, &rpc::TGetColumnsReq::__set_columnName, filter.column);
    return start<rpc::TGetColumnsResp>("GetColumns", request);
}

std::unique_ptr<Operation> HiveConnection::functions(const MetadataFilter& filter) {
    rpc::TGetFunctionsReq request;
    set_unless_empty(request, &rpc::TGetFunctionsReq::__set_schemaName, filter.schema);
    request.functionName = filter.function.empty() ? kAny : filter.function;
    return start<rpc::TGetFunctionsResp>("GetFunctions", request);
}

std::unique_ptr<Operation> HiveConnection::type_info() {
    rpc::TGetTypeInfoReq request;
    return start<rpc::TGetTypeInfoResp>("GetTypeInfo", request);
}

std::unique_ptr<Operation> HiveConnection::primary_keys(const MetadataFilter& filter) {
    rpc::TGetPrimaryKeysReq request;
    set_unless_empty(request, &rpc::TGetPrimaryKeysReq::__set_schemaName, filter.schema);
    set_unless_empty(request, &rpc::TGetPrimaryKeysReq::__set_tableName, filter.table);
    return start<rpc::TGetPrimaryKeysResp>("GetPrimaryKeys", request);
}

std::unique_ptr<Operation> HiveConnection::cross_reference(const MetadataFilter& parent,
                                                           const MetadataFilter& foreign) {
    using Request = rpc::TGetCrossReferenceReq;
    Request request;
    set_unless_empty(request, &Request::__set_parentSchemaName, parent.schema);
    set_unless_empty(request, &Request::__set_parentTableName, parent.table);
    set_unless_empty(request, &Request::__set_foreignSchemaName, foreign.schema);
    set_unless_empty(request, &Request::__set_foreignTableName, foreign.table);
    return start<rpc::TGetCrossReferenceResp>("GetCrossReference", request);
}

cistern::Secret HiveConnection::delegation_token(const std::string& owner,
                                                 const std::string& renewer) {
    rpc::TGetDelegationTokenReq request;
    request.sessionHandle = core_->handle();
    request.owner = owner;
    request.renewer = renewer;
    rpc::TGetDelegationTokenResp reply;
    core_->call("GetDelegationToken", request, reply, core_->call_deadline());
    if (!reply.__isset.delegationToken) {
        throw cistern::ProtocolError{"hive: " + core_->rpc().peer() +
                                     " accepted GetDelegationToken and gave no token"};
    }
    return cistern::Secret{std::move(reply.delegationToken)};
}

void HiveConnection::renew_delegation_token(const cistern::Secret& token) {
    rpc::TRenewDelegationTokenReq request;
    request.sessionHandle = core_->handle();
    request.delegationToken = std::string{token.reveal()};
    rpc::TRenewDelegationTokenResp reply;
    without_telling(token, [&] {
        core_->call("RenewDelegationToken", request, reply, core_->call_deadline());
    });
}

void HiveConnection::cancel_delegation_token(const cistern::Secret& token) {
    rpc::TCancelDelegationTokenReq request;
    request.sessionHandle = core_->handle();
    request.delegationToken = std::string{token.reveal()};
    rpc::TCancelDelegationTokenResp reply;
    without_telling(token, [&] {
        core_->call("CancelDelegationToken", request, reply, core_->call_deadline());
    });
}

ServerInfo HiveConnection::server_info() {
    const auto deadline = core_->call_deadline();
    ServerInfo told;
    told.name = info(rpc::TGetInfoType::CLI_DBMS_NAME, deadline);
    told.version = info(rpc::TGetInfoType::CLI_DBMS_VER, deadline);
    return told;
}

// Only for types that every server answers: others make some close the connection.
std::string HiveConnection::info(std::int32_t type, cistern::Deadline deadline) {
    rpc::TGetInfoReq request;
    request.sessionHandle = core_->handle();
    request.infoType = type;
    rpc::TGetInfoResp reply;
    core_->call("GetInfo", request, reply, deadline);
    return reply.infoValue.stringValue;
}

}  // namespace hive
