#pragma once

// What the answers to metadata questions are made of.

#include "rpc/metadata.hpp"
#include "sql/catalog.hpp"
#include "sql/execution.hpp"

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sandbox {

struct AnswerColumn {
    const char* name;
    TypeId type = TypeId::kString;
};

[[nodiscard]] std::unique_ptr<Execution> answer(std::initializer_list<AnswerColumn> columns,
                                                std::vector<Row> rows = {});

[[nodiscard]] inline Cell text(std::string value) {
    return value;
}
[[nodiscard]] inline Cell number(std::int64_t value) {
    return value;
}

// True when the pattern, if there is one, lets the name through.
[[nodiscard]] bool matches(const std::optional<std::string>& pattern, const std::string& name);

// The databases the schema pattern lets through; an empty one means all.
[[nodiscard]] std::vector<std::string> schemas(const Catalog& catalog,
                                               const MetadataPatterns& patterns);

// Calls `visit` with each table both patterns let through; an empty table pattern means none.
template <typename Visit>
void each_table(const Catalog& catalog, const MetadataPatterns& patterns, Visit visit) {
    for (const std::string& schema : schemas(catalog, patterns)) {
        for (const Table& table : catalog.tables(schema)) {
            if (matches(patterns.table, table.name)) {
                visit(table);
            }
        }
    }
}

}  // namespace sandbox
