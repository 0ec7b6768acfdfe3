#pragma once

#include "rpc/faults.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sandbox {

enum class Auth {
    kNoSasl,  // raw Thrift
    kNone,    // SASL PLAIN with any user and password
    kCustom,  // SASL PLAIN with one user and password
};

// What the command line says.
struct Options {
    std::string bind = "127.0.0.1";
    std::uint16_t port = 10000;
    Auth auth = Auth::kNoSasl;
    std::string user{};
    std::string password{};
    std::string database{};                                    // empty: in memory
    std::vector<std::pair<std::string, std::string>> loads{};  // table, CSV file
    std::vector<std::string> init_files{};
    std::string port_file{};
    std::chrono::milliseconds long_poll{5000};
    std::int64_t fetch_cap = 10000;
    std::int64_t fetch_size = 1000;
    int max_connections = 200;
    bool keep_sessions = false;
    bool quiet = false;
    bool verbose = false;
    Faults faults{};
};

// Reads the command line. Nothing when the program has said what was asked for (--help, --version)
// or what is wrong; `exit_status` tells which.
[[nodiscard]] std::optional<Options> parse_options(int argc,
                                                   const char* const* argv,
                                                   int& exit_status);

[[nodiscard]] const char* to_string(Auth auth) noexcept;

}  // namespace sandbox
