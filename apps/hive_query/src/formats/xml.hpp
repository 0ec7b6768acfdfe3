#pragma once

#include "row_writer.hpp"

#include <string>
#include <vector>

namespace hive_query {

// A <resultset> of one <result> per row, whose cells are elements or attributes called as the
// columns are: what XML does not take in a name is an underscore, and a name that comes again gets
// its number behind it. A cell that is NULL is left out; characters that XML cannot hold become
// U+FFFD.
class XmlWriter final : public RowWriter {
public:
    XmlWriter(Output& output, const FormatOptions& options, std::vector<hive::ColumnInfo> columns);
    void begin() override;
    void rows(const hive::Batch& batch) override;
    void end() override;

private:
    void append_text(std::string_view text);

    const bool by_attributes_;
    std::vector<std::string> names_;
    std::string scratch_;
};

}  // namespace hive_query
