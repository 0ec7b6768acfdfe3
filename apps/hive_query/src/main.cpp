#include "program.hpp"
#include "url_secrets.hpp"

#include <csignal>
#include <string>
#include <vector>

int main(int argument_count, char** arguments) {
    // A reader that went away is told by write(), where it can be handled.
    std::signal(SIGPIPE, SIG_IGN);
    const std::vector<std::string> copies{arguments + 1, arguments + argument_count};
    hive_query::overwrite_secrets(argument_count, arguments);
    return hive_query::run_program(copies);
}
