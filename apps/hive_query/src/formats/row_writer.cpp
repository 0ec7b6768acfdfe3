#include "row_writer.hpp"

#include "arrow.hpp"
#include "csv.hpp"
#include "json.hpp"
#include "markdown.hpp"
#include "table.hpp"
#include "xml.hpp"

#include <utility>

namespace hive_query {

std::unique_ptr<RowWriter> make_row_writer(Output& output,
                                           const FormatOptions& options,
                                           std::vector<hive::ColumnInfo> columns) {
    switch (options.format) {
        case Format::kCsv:
        case Format::kDsv:
            return std::make_unique<CsvWriter>(output, options, std::move(columns));
        case Format::kTsv:
            return std::make_unique<TsvWriter>(output, options, std::move(columns));
        case Format::kJson:
        case Format::kJsonLines:
            return std::make_unique<JsonWriter>(output, options, std::move(columns));
        case Format::kVertical:
            return std::make_unique<VerticalWriter>(output, options, std::move(columns));
        case Format::kMarkdown:
            return std::make_unique<MarkdownWriter>(output, options, std::move(columns));
        case Format::kXmlAttributes:
        case Format::kXmlElements:
            return std::make_unique<XmlWriter>(output, options, std::move(columns));
        case Format::kArrow:
        case Format::kArrowNanoseconds:
            return std::make_unique<ArrowWriter>(output, options, std::move(columns));
        case Format::kTable:
            break;
    }
    return std::make_unique<TableWriter>(output, options, std::move(columns));
}

}  // namespace hive_query
