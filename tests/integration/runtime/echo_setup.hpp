#pragma once

#include "support/line_server.hpp"
#include "support/test_folder.hpp"

#include <cistern/cistern.hpp>
#include <cistern/echo/session.hpp>

#include <chrono>
#include <map>
#include <string>
#include <utility>

namespace cistern::test {

using namespace std::chrono_literals;

// A pool called "echo" over `server`, described in code.
inline RuntimeSpec echo_spec(LineServer& server, std::map<std::string, std::string> options = {}) {
    return {.plugin_dirs = {CISTERN_TEST_PLUGINS},
            .pools = {{.name = "echo",
                       .plugin = "echo",
                       .options = std::move(options),
                       .settings = {{"endpoint", to_string(server.endpoint())}}}}};
}

}  // namespace cistern::test
