#include "rpc/metadata.hpp"

#include "sandbox_fixture.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace sandbox;
using Strings = std::vector<std::string>;

namespace {

// The values of one column, by its name.
Strings column(const std::unique_ptr<Execution>& answer, const std::string& name) {
    std::size_t at = 0;
    while (answer->columns().at(at).name != name) {
        ++at;
    }
    answer->rewind();
    Strings out;
    Row row;
    while (answer->next(row)) {
        out.push_back(is_null(row[at]) ? "NULL" : display(row[at], answer->columns()[at].type));
    }
    return out;
}

class MetadataFixture : public SandboxFixture {
public:
    MetadataFixture() {
        run({"create database shop",
             "create table shop.orders (id bigint, price decimal(10,2) comment 'EUR', name "
             "varchar(20), primary key (id))",
             "create table shop.order_items (n int)",
             "create table other (a string)",
             "use shop",
             "create view cheap as select id, price from orders where price < 1",
             "use default"});
    }
};

MetadataPatterns table_like(const char* schema, const char* table) {
    MetadataPatterns patterns;
    patterns.schema = schema;
    patterns.table = table;
    return patterns;
}

}  // namespace

TEST_CASE_METHOD(MetadataFixture,
                 "schemas and tables are found by pattern",
                 "[unit][hive_sandbox]") {
    CHECK(column(get_schemas(catalog, {}), "TABLE_SCHEM") == Strings{"default", "shop"});
    MetadataPatterns one;
    one.schema = "SH%";
    CHECK(column(get_schemas(catalog, one), "TABLE_SCHEM") == Strings{"shop"});
    CHECK(column(get_tables(catalog, table_like("shop", "order%")), "TABLE_NAME") ==
          Strings{"order_items", "orders"});
    CHECK(column(get_tables(catalog, table_like("", "order\\_%")), "TABLE_NAME") ==
          Strings{"order_items"});
    CHECK(column(get_tables(catalog, table_like(".*", ".*")), "TABLE_NAME").size() == 4);
    CHECK(column(get_tables(catalog, table_like("shop", "")), "TABLE_NAME").empty());
    MetadataPatterns views;
    views.table_types = {"VIEW"};
    CHECK(column(get_tables(catalog, views), "TABLE_NAME") == Strings{"cheap"});
    CHECK(column(get_tables(catalog, views), "TABLE_CAT") == Strings{""});
}

TEST_CASE_METHOD(MetadataFixture, "columns are described as JDBC expects", "[unit][hive_sandbox]") {
    const auto answer = get_columns(catalog, table_like("shop", "orders"));
    CHECK(answer->columns().size() == 23);
    CHECK(column(answer, "COLUMN_NAME") == Strings{"id", "price", "name"});
    CHECK(column(answer, "DATA_TYPE") == Strings{"-5", "3", "12"});
    CHECK(column(answer, "TYPE_NAME") == Strings{"BIGINT", "DECIMAL(10,2)", "VARCHAR(20)"});
    CHECK(column(answer, "COLUMN_SIZE") == Strings{"19", "10", "20"});
    CHECK(column(answer, "DECIMAL_DIGITS") == Strings{"0", "2", "NULL"});
    CHECK(column(answer, "REMARKS") == Strings{"", "EUR", ""});
    CHECK(column(answer, "ORDINAL_POSITION") == Strings{"1", "2", "3"});
    CHECK(column(answer, "IS_NULLABLE") == Strings{"NO", "YES", "YES"});
    CHECK(column(answer, "TABLE_CAT") == Strings{"NULL", "NULL", "NULL"});
    CHECK(column(get_columns(catalog, table_like("shop", "cheap")), "TYPE_NAME") ==
          Strings{"BIGINT", "DECIMAL(10,2)"});
}

TEST_CASE_METHOD(MetadataFixture, "keys, types and functions are listed", "[unit][hive_sandbox]") {
    CHECK(column(get_primary_keys(catalog, table_like("shop", "orders")), "COLUMN_NAME") ==
          Strings{"id"});
    CHECK(get_cross_reference(catalog, {}, {})->columns().at(8).name == "KEQ_SEQ");
    CHECK(column(get_type_info(), "TYPE_NAME").size() == 22);
    CHECK(column(get_table_types(), "TABLE_TYPE") == Strings{"TABLE", "VIEW"});
    CHECK(column(get_catalogs(), "TABLE_CAT").empty());
    MetadataPatterns concat;
    concat.function = "concat%";
    CHECK(column(get_functions(concat), "FUNCTION_NAME") == Strings{"concat", "concat_ws"});
    concat.schema = "shop";
    CHECK(column(get_functions(concat), "FUNCTION_NAME").empty());
}
