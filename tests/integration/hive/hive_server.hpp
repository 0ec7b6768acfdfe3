#pragma once

#include "support/server_process.hpp"
#include "support/test_folder.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace cistern::test {

// Where the tests' HiveServer2 is. CISTERN_TEST_HIVE_URL names a running one as a JDBC URL; without
// it every test starts a hive-sandbox of its own.
[[nodiscard]] std::optional<std::string> foreign_hive_url();
// Skips a case that only a hive-sandbox can go through; `why` says what another server lacks.
void skip_on_foreign_hive(const std::string& why);

// A hive-sandbox on a free port of 127.0.0.1, which the destructor kills.
//
// Thread safety:  none.
// Errors:         std::runtime_error when it does not start.
class HiveSandbox {
public:
    // `arguments` as on its command line: {"--auth", "none"}.
    explicit HiveSandbox(std::vector<std::string> arguments = {});
    HiveSandbox(const HiveSandbox&) = delete;
    HiveSandbox& operator=(const HiveSandbox&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] std::string endpoint() const { return "127.0.0.1:" + std::to_string(port_); }
    [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_.path(); }

    void start();  // again, on the same port
    void kill() { process_.kill(); }
    void freeze() { process_.freeze(); }
    void thaw() { process_.thaw(); }

private:
    [[nodiscard]] std::optional<std::uint16_t> announced_port() const;

    TestFolder folder_;
    std::vector<std::string> arguments_;
    std::uint16_t port_ = 0;
    ServerProcess process_;  // last: it ends before its folder goes
};

}  // namespace cistern::test
