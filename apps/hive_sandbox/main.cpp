// hive-sandbox: a server that speaks the protocol of HiveServer2, with SQLite behind it.

#include "options.hpp"
#include "rpc/engine.hpp"
#include "rpc/server.hpp"
#include "sql/catalog.hpp"
#include "sql/csv.hpp"
#include "sql/script.hpp"

#include <thrift/TOutput.h>

#include <signal.h>

#include <csignal>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>

namespace {

using namespace sandbox;

// Whoever waits for the file must never see half of it.
void write_port_file(const std::string& path, std::uint16_t port) {
    const std::string part = path + ".part";
    {
        std::ofstream out{part, std::ios::trunc};
        out << port << '\n';
        if (!out.flush()) {
            throw std::runtime_error{"cannot write the port file " + path};
        }
    }
    std::filesystem::rename(part, path);
}

bool is_loopback(const std::string& address) {
    return address.starts_with("127.") || address == "localhost" || address == "::1";
}

void fill(Catalog& catalog, const Options& options) {
    for (const auto& [table, file] : options.loads) {
        const auto rows = load_csv(catalog, table, file);
        if (options.verbose) {
            std::cerr << "hive-sandbox: " << rows << " rows into " << table << '\n';
        }
    }
    for (const std::string& file : options.init_files) {
        run_script(catalog, file);
    }
}

int run(const Options& options, const sigset_t& signals) {
    Catalog catalog{options.database};
    fill(catalog, options);
    Engine engine{options, catalog};
    Server server{engine};
    server.start();
    if (!is_loopback(options.bind)) {
        std::cerr << "hive-sandbox: warning: listening on " << options.bind
                  << ", which others may reach; there is no security here\n";
    }
    if (!options.quiet) {
        const std::string database = options.database.empty() ? "in memory" : options.database;
        std::cout << "hive-sandbox: listening on " << options.bind << ':' << server.port()
                  << " (auth " << to_string(options.auth) << ", database " << database << ")"
                  << std::endl;
    }
    if (!options.port_file.empty()) {
        write_port_file(options.port_file, server.port());
    }
    int signal = 0;
    sigwait(&signals, &signal);
    server.stop();
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    // Before any thread is there, so that all of them leave these signals to the main thread.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    // Thrift reports what clients send to standard error; a bad client is no event here.
    apache::thrift::GlobalOutput.setOutputFunction([](const char*) {});
    try {
        int exit_status = 0;
        const auto options = parse_options(argc, argv, exit_status);
        return options ? run(*options, signals) : exit_status;
    } catch (const std::exception& e) {
        std::cerr << "hive-sandbox: " << e.what() << '\n';
        return 1;
    }
}
