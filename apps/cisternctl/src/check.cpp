#include "commands.hpp"
#include "console/duration_text.hpp"
#include "console/printable.hpp"

#include <cistern/runtime.hpp>

#include <ostream>
#include <string>
#include <vector>

namespace cisternctl {

int check_file(const Arguments& arguments, std::ostream& out) {
    const std::string path =
        arguments.operands.empty() ? arguments.conf : arguments.operands.front();
    const std::vector<std::string> problems = cistern::check_config(path);
    if (problems.empty()) {
        out << "ok: " << console::printable(path) << "\n";
        return 0;
    }
    for (const std::string& problem : problems) {
        out << console::printable_lines(problem);
    }
    out << console::counted(problems.size(), "problem") << "\n";
    return 1;
}

}  // namespace cisternctl
