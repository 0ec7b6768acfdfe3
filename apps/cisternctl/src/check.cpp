#include "commands.hpp"
#include "console/duration_text.hpp"

#include <cistern/runtime.hpp>

#include <Poco/AutoPtr.h>
#include <Poco/StringTokenizer.h>
#include <Poco/Util/PropertyFileConfiguration.h>

#include <ostream>
#include <set>
#include <string>
#include <vector>

namespace cisternctl {
namespace {

// Of a file that is known to be right. A Runtime would tell as well, but it would begin to connect.
[[nodiscard]] std::string what_it_describes(const std::string& path) {
    using Poco::StringTokenizer;
    const auto file = Poco::makeAuto<Poco::Util::PropertyFileConfiguration>(path);
    const StringTokenizer pools{file->getString("pools", ""),
                                ",",
                                StringTokenizer::TOK_TRIM | StringTokenizer::TOK_IGNORE_EMPTY};
    std::set<std::string> plugins;
    for (const std::string& pool : pools) {
        plugins.insert(file->getString("pool." + pool + ".plugin", ""));
    }
    return console::counted(pools.count(), "pool") + ", " +
           console::counted(plugins.size(), "plugin");
}

}  // namespace

int check_file(const Arguments& arguments, std::ostream& out) {
    const std::string path =
        arguments.operands.empty() ? arguments.conf : arguments.operands.front();
    const std::vector<std::string> problems = cistern::check_config(path);
    if (problems.empty()) {
        out << "ok: " << what_it_describes(path) << "\n";
        return 0;
    }
    for (const std::string& problem : problems) {
        out << problem << "\n";
    }
    out << console::counted(problems.size(), "problem") << "\n";
    return 1;
}

}  // namespace cisternctl
