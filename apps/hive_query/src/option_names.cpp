#include "option_names.hpp"

#include "console/nearest.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace hive_query {
namespace {

using Name = std::pair<std::string_view, OptionShape>;
using Advice = std::pair<std::string_view, std::string_view>;

constexpr std::array kOurs = {
    Name{"-u", OptionShape::kValue},
    Name{"-n", OptionShape::kValue},
    Name{"-p", OptionShape::kOptionalValue},
    Name{"-w", OptionShape::kValue},
    Name{"--password-file", OptionShape::kValue},
    Name{"-c", OptionShape::kValue},
    Name{"--conf", OptionShape::kValue},
    Name{"--pool", OptionShape::kValue},
    Name{"--plugins-dir", OptionShape::kValue},
    Name{"--hiveconf", OptionShape::kValue},
    Name{"--hivevar", OptionShape::kValue},
    Name{"--fetch-size", OptionShape::kValue},
    Name{"--connect-timeout", OptionShape::kValue},
    Name{"--pool-size", OptionShape::kValue},
    Name{"-e", OptionShape::kValue},
    Name{"-f", OptionShape::kValue},
    Name{"-i", OptionShape::kValue},
    Name{"--workers", OptionShape::kValue},
    Name{"--repeat", OptionShape::kValue},
    Name{"--timeout", OptionShape::kValue},
    Name{"--watch", OptionShape::kValue},
    Name{"--norc", OptionShape::kFlag},
    Name{"--force", OptionShape::kFlag},
    Name{"--format", OptionShape::kValue},
    Name{"--outputformat", OptionShape::kValue},
    Name{"--showHeader", OptionShape::kFlag},
    Name{"--nullemptystring", OptionShape::kFlag},
    Name{"--null", OptionShape::kValue},
    Name{"--delimiterForDSV", OptionShape::kValue},
    Name{"--maxColumnWidth", OptionShape::kValue},
    Name{"--pager", OptionShape::kValue},
    Name{"--convertBinaryArrayToString", OptionShape::kFlag},
    Name{"--progress", OptionShape::kValue},
    Name{"--silent", OptionShape::kFlag},
    Name{"--verbose", OptionShape::kFlag},
    Name{"--log", OptionShape::kFlag},
    Name{"--stats", OptionShape::kFlag},
    Name{"--help", OptionShape::kFlag},
    Name{"-h", OptionShape::kFlag},
    Name{"--version", OptionShape::kFlag},
};

constexpr std::array kHarmless = {
    Name{"-d", OptionShape::kValue},
    Name{"--autoCommit", OptionShape::kFlag},
    Name{"--color", OptionShape::kFlag},
    Name{"--fastConnect", OptionShape::kFlag},
    Name{"--headerInterval", OptionShape::kValue},
    Name{"--incremental", OptionShape::kFlag},
    Name{"--incrementalBufferRows", OptionShape::kValue},
    Name{"--isolation", OptionShape::kValue},
    Name{"--maxWidth", OptionShape::kValue},
    Name{"--showNestedErrs", OptionShape::kFlag},
    Name{"--showWarnings", OptionShape::kFlag},
    Name{"--truncateTable", OptionShape::kFlag},
};

constexpr std::array kAdvice = {
    Advice{"-a", "name the authentication in the URL: -u 'jdbc:hive2://host:10000/db;auth=noSasl'"},
    Advice{"-r", "there is no saved URL to come back to; give one with -u"},
    Advice{"--reconnect", "there is no saved URL to come back to; give one with -u"},
    Advice{"--property-file",
           "describe the connection in a properties file: --conf FILE --pool NAME"},
    Advice{"--getUrlsFromBeelineSite",
           "name a connection of ~/.config/cistern/connections.properties instead: @NAME"},
    Advice{"--delimiter",
           "statements end with a semicolon, which may stand in quotes and comments"},
    Advice{"--escapeCRLF", "--format tsv writes line ends inside of values as \\n and \\r"},
    Advice{"--numberFormat", "numbers are written with all their digits"},
    Advice{"--report", "use --silent=false, which is the default"},
    Advice{"--password", "use -p, or better -w FILE, which other users cannot see"},
    Advice{"--user", "use -n NAME"},
    Advice{"--url", "use -u URL"},
    Advice{"--execute", "use -e STATEMENT"},
    Advice{"--file", "use -f FILE"},
    Advice{"--init", "use -i FILE"},
    Advice{"--database",
           "name the database in the URL, behind the port: jdbc:hive2://host:10000/db"},
};

template <class Table>
[[nodiscard]] auto find(const Table& table, std::string_view name) {
    return std::find_if(
        table.begin(), table.end(), [name](const auto& entry) { return entry.first == name; });
}

}  // namespace

std::optional<OptionShape> shape_of(std::string_view name) {
    const auto found = find(kOurs, name);
    return found == kOurs.end() ? std::nullopt : std::optional{found->second};
}

std::optional<OptionShape> harmless_beeline_option(std::string_view name) {
    const auto found = find(kHarmless, name);
    return found == kHarmless.end() ? std::nullopt : std::optional{found->second};
}

std::string advice_on_unknown(std::string_view name) {
    if (const auto known = find(kAdvice, name); known != kAdvice.end()) {
        return std::string{known->second};
    }
    std::vector<std::string> names;
    for (const auto& [ours, shape] : kOurs) {
        if (ours.size() > 2) {
            names.emplace_back(ours);
        }
    }
    const std::string near = console::nearest(name, names);
    return near.empty() ? "hive-query --help lists all options" : "did you mean " + near + "?";
}

}  // namespace hive_query
