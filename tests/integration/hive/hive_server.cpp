#include "hive_server.hpp"

#include "support/skip.hpp"

#include <cstdlib>
#include <fstream>
#include <utility>

namespace cistern::test {
namespace {

constexpr auto* kProgram = CISTERN_TEST_HIVE_SANDBOX;

}  // namespace

std::optional<std::string> foreign_hive_url() {
    const char* const url = std::getenv("CISTERN_TEST_HIVE_URL");
    return url != nullptr && *url != '\0' ? std::optional<std::string>{url} : std::nullopt;
}

void skip_on_foreign_hive(const std::string& why) {
    if (foreign_hive_url()) {
        skip("CISTERN_TEST_HIVE_URL names a server that is not ours: " + why);
    }
}

HiveSandbox::HiveSandbox(std::vector<std::string> arguments)
    : arguments_{std::move(arguments)}, process_{kProgram, folder_ / "log"} {
    start();
}

void HiveSandbox::start() {
    const auto port_file = folder_ / "port";
    std::filesystem::remove(port_file);
    std::vector<std::string> arguments{
        "--port", std::to_string(port_), "--port-file", port_file.string()};
    arguments.insert(arguments.end(), arguments_.begin(), arguments_.end());
    process_.start(std::move(arguments), [&] {
        const auto port = announced_port();
        port_ = port.value_or(port_);
        return port.has_value();
    });
}

std::optional<std::uint16_t> HiveSandbox::announced_port() const {
    std::ifstream file{folder_ / "port"};
    std::uint16_t port = 0;
    return file >> port ? std::optional{port} : std::nullopt;
}

}  // namespace cistern::test
