#pragma once

#include "sql/catalog.hpp"
#include "sql/execution.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sandbox {

// SQL LIKE patterns; what is not set means all.
struct MetadataPatterns {
    std::optional<std::string> catalog{};
    std::optional<std::string> schema{};
    std::optional<std::string> table{};
    std::optional<std::string> column{};
    std::optional<std::string> function{};
    std::vector<std::string> table_types{};
};

// The answers to JDBC's metadata questions, with the columns HiveServer2 gives them.
[[nodiscard]] std::unique_ptr<Execution> get_catalogs();
[[nodiscard]] std::unique_ptr<Execution> get_schemas(const Catalog& catalog,
                                                     const MetadataPatterns& patterns);
[[nodiscard]] std::unique_ptr<Execution> get_table_types();
[[nodiscard]] std::unique_ptr<Execution> get_tables(const Catalog& catalog,
                                                    const MetadataPatterns& patterns);
[[nodiscard]] std::unique_ptr<Execution> get_columns(const Catalog& catalog,
                                                     const MetadataPatterns& patterns);
[[nodiscard]] std::unique_ptr<Execution> get_functions(const MetadataPatterns& patterns);
[[nodiscard]] std::unique_ptr<Execution> get_type_info();
// Exact names, not patterns.
[[nodiscard]] std::unique_ptr<Execution> get_primary_keys(const Catalog& catalog,
                                                          const MetadataPatterns& names);
[[nodiscard]] std::unique_ptr<Execution> get_cross_reference(const Catalog& catalog,
                                                             const MetadataPatterns& parent,
                                                             const MetadataPatterns& foreign);

}  // namespace sandbox
