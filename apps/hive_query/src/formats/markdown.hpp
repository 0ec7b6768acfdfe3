#pragma once

#include "row_writer.hpp"

namespace hive_query {

// A table as GitHub's Markdown has it, with numbers flush right. What Markdown or a terminal would
// take for more than text is escaped; a line end inside of a value is <br>.
class MarkdownWriter final : public RowWriter {
public:
    using RowWriter::RowWriter;
    void begin() override;
    void rows(const hive::Batch& batch) override;
    void end() override;

private:
    void append_text(std::string_view text);

    std::string scratch_;
};

}  // namespace hive_query
