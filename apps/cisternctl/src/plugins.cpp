#include "commands.hpp"
#include "console/json_text.hpp"
#include "console/printable.hpp"
#include "console/text_table.hpp"

#include <cistern/plugin_report.hpp>

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

namespace cisternctl {
namespace {

using cistern::PluginReport;

[[nodiscard]] std::string joined(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& name : names) {
        out += (out.empty() ? "" : ", ") + name;
    }
    return out.empty() ? "-" : out;
}

[[nodiscard]] std::string state_of(const PluginReport& report) {
    if (!report.usable) {
        return "refused";
    }
    return report.sealed ? "loaded" : "loaded, no seal";
}

void print_table(const std::vector<PluginReport>& reports, std::ostream& out) {
    console::TextTable table{{"STATE", "CONNECTOR", "FILE", "BUILT FOR"}};
    for (const PluginReport& report : reports) {
        table.add({state_of(report),
                   joined(report.names),
                   report.path.string(),
                   report.tag.empty() ? "-" : report.tag});
    }
    out << table.text();
    for (const PluginReport& report : reports) {
        if (!report.usable) {
            out << "\n" << console::printable(report.problem) << "\n";
        }
    }
}

void print_json(const std::vector<PluginReport>& reports, std::ostream& out) {
    const char* separator = "[\n";
    for (const PluginReport& report : reports) {
        out << separator << "{\"path\":" << console::json_string(report.path.string())
            << ",\"usable\":" << (report.usable ? "true" : "false")
            << ",\"sealed\":" << (report.sealed ? "true" : "false") << ",\"names\":[";
        const char* comma = "";
        for (const std::string& name : report.names) {
            out << comma << console::json_string(name);
            comma = ",";
        }
        out << "],\"tag\":" << console::json_string(report.tag)
            << ",\"problem\":" << console::json_string(report.problem) << "}";
        separator = ",\n";
    }
    out << (reports.empty() ? "[]\n" : "\n]\n");
}

}  // namespace

int show_plugins(const Arguments& arguments, std::ostream& out) {
    const auto reports =
        cistern::inspect_plugins({arguments.operands.begin(), arguments.operands.end()});
    if (arguments.format == Format::kJson) {
        print_json(reports, out);
    } else if (reports.empty()) {
        out << "no *.so in "
            << (arguments.operands.empty() ? cistern::default_plugin_dir().string()
                                           : joined(arguments.operands))
            << "\n";
    } else {
        print_table(reports, out);
    }
    const bool is_fine = std::all_of(
        reports.begin(), reports.end(), [](const PluginReport& report) { return report.usable; });
    return is_fine ? 0 : 1;
}

}  // namespace cisternctl
