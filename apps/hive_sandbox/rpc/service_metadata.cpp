#include "rpc/service.hpp"
#include "rpc/status.hpp"

#include <chrono>
#include <string>
#include <utility>

namespace sandbox {

using namespace hive::rpc;

namespace {

std::optional<std::string> when(bool set, const std::string& value) {
    return set ? std::optional{value} : std::nullopt;
}

template <typename In>
MetadataPatterns schema_patterns(const In& in) {
    MetadataPatterns out;
    out.catalog = when(in.__isset.catalogName, in.catalogName);
    out.schema = when(in.__isset.schemaName, in.schemaName);
    return out;
}

template <typename In>
MetadataPatterns table_patterns(const In& in) {
    MetadataPatterns out = schema_patterns(in);
    out.table = when(in.__isset.tableName, in.tableName);
    return out;
}

}  // namespace

template <typename Out, typename In>
void Service::metadata(Out& out,
                       const In& in,
                       Operation::Type type,
                       std::function<std::unique_ptr<Execution>()> make) {
    guarded(out.status, [&] {
        auto operation = std::make_shared<Operation>(find(in.sessionHandle),
                                                     type,
                                                     "metadata",
                                                     std::chrono::seconds::zero(),
                                                     engine_.clocks());
        operation->start([&make](const RunOptions&) { return make(); }, false, true);
        const OperationView view = operation->view(std::chrono::milliseconds::zero());
        if (view.failure) {
            throw SqlError{view.failure->message, view.failure->state, view.failure->code};
        }
        engine_.add(operation);
        out.__set_operationHandle(to_rpc(*operation, true));
    });
}

void Service::GetTypeInfo(TGetTypeInfoResp& out, const TGetTypeInfoReq& in) {
    metadata(out, in, TOperationType::GET_TYPE_INFO, get_type_info);
}

void Service::GetCatalogs(TGetCatalogsResp& out, const TGetCatalogsReq& in) {
    metadata(out, in, TOperationType::GET_CATALOGS, get_catalogs);
}

void Service::GetTableTypes(TGetTableTypesResp& out, const TGetTableTypesReq& in) {
    metadata(out, in, TOperationType::GET_TABLE_TYPES, get_table_types);
}

void Service::GetSchemas(TGetSchemasResp& out, const TGetSchemasReq& in) {
    metadata(out, in, TOperationType::GET_SCHEMAS, [&] {
        return get_schemas(engine_.catalog(), schema_patterns(in));
    });
}

void Service::GetTables(TGetTablesResp& out, const TGetTablesReq& in) {
    metadata(out, in, TOperationType::GET_TABLES, [&] {
        MetadataPatterns patterns = table_patterns(in);
        patterns.table_types = in.tableTypes;
        return get_tables(engine_.catalog(), patterns);
    });
}

void Service::GetColumns(TGetColumnsResp& out, const TGetColumnsReq& in) {
    metadata(out, in, TOperationType::GET_COLUMNS, [&] {
        MetadataPatterns patterns = table_patterns(in);
        patterns.column = when(in.__isset.columnName, in.columnName);
        return get_columns(engine_.catalog(), patterns);
    });
}

void Service::GetFunctions(TGetFunctionsResp& out, const TGetFunctionsReq& in) {
    metadata(out, in, TOperationType::GET_FUNCTIONS, [&] {
        MetadataPatterns patterns = schema_patterns(in);
        patterns.function = in.functionName;
        return get_functions(patterns);
    });
}

// Hive has no operation types for these two and says GET_FUNCTIONS.
void Service::GetPrimaryKeys(TGetPrimaryKeysResp& out, const TGetPrimaryKeysReq& in) {
    metadata(out, in, TOperationType::GET_FUNCTIONS, [&] {
        return get_primary_keys(engine_.catalog(), table_patterns(in));
    });
}

void Service::GetCrossReference(TGetCrossReferenceResp& out, const TGetCrossReferenceReq& in) {
    metadata(out, in, TOperationType::GET_FUNCTIONS, [&] {
        MetadataPatterns parent;
        parent.schema = when(in.__isset.parentSchemaName, in.parentSchemaName);
        parent.table = when(in.__isset.parentTableName, in.parentTableName);
        MetadataPatterns foreign;
        foreign.schema = when(in.__isset.foreignSchemaName, in.foreignSchemaName);
        foreign.table = when(in.__isset.foreignTableName, in.foreignTableName);
        return get_cross_reference(engine_.catalog(), parent, foreign);
    });
}

}  // namespace sandbox
