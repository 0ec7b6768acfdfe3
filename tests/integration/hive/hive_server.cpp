#include "hive_server.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <thread>
#include <utility>

namespace cistern::test {
namespace {

constexpr auto* kProgram = CISTERN_TEST_HIVE_SANDBOX;
constexpr int kSkipped = 77;  // what CTest is told by cistern_add_test()
constexpr std::chrono::seconds kStartTime{30};

std::filesystem::path new_folder() {
    auto pattern = (std::filesystem::temp_directory_path() / "cistern-hive-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
        throw std::runtime_error{"no temporary folder"};
    }
    return pattern;
}

[[noreturn]] void become(const std::vector<char*>& arguments, const char* log) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // never outlive the test
    const int file = ::open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(file, STDOUT_FILENO);
    ::dup2(file, STDERR_FILENO);
    ::execv(kProgram, arguments.data());
    ::_exit(127);
}

}  // namespace

std::optional<std::string> foreign_hive_url() {
    const char* const url = std::getenv("CISTERN_TEST_HIVE_URL");
    return url != nullptr && *url != '\0' ? std::optional<std::string>{url} : std::nullopt;
}

void skip_on_foreign_hive() {
    if (foreign_hive_url()) {
        std::cout << "skipped: CISTERN_TEST_HIVE_URL names a server that is not ours to break"
                  << std::endl;
        std::_Exit(kSkipped);
    }
}

HiveSandbox::HiveSandbox(std::vector<std::string> arguments)
    : folder_{new_folder()}, arguments_{std::move(arguments)} {
    start();
}

HiveSandbox::~HiveSandbox() {
    kill();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

void HiveSandbox::kill() {
    if (process_ <= 0) {
        return;
    }
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = -1;
}

void HiveSandbox::start() {
    std::filesystem::remove(folder_ / "port");
    spawn();
    const auto give_up = std::chrono::steady_clock::now() + kStartTime;
    while (true) {
        if (const auto port = announced_port()) {
            port_ = *port;
            return;
        }
        if (std::chrono::steady_clock::now() > give_up ||
            ::waitpid(process_, nullptr, WNOHANG) == process_) {
            throw std::runtime_error{"hive-sandbox did not start; see its log in " +
                                     folder_.string()};
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
}

void HiveSandbox::freeze() {
    ::kill(process_, SIGSTOP);
    ::waitpid(process_, nullptr, WUNTRACED);  // until each of its threads stands still
}

void HiveSandbox::thaw() {
    ::kill(process_, SIGCONT);
}

std::optional<std::uint16_t> HiveSandbox::announced_port() const {
    std::ifstream file{folder_ / "port"};
    std::uint16_t port = 0;
    return file >> port ? std::optional{port} : std::nullopt;
}

void HiveSandbox::spawn() {
    std::vector<std::string> texts{
        kProgram, "--port", std::to_string(port_), "--port-file", (folder_ / "port").string()};
    texts.insert(texts.end(), arguments_.begin(), arguments_.end());
    std::vector<char*> arguments;
    for (auto& text : texts) {
        arguments.push_back(text.data());
    }
    arguments.push_back(nullptr);
    const auto log = (folder_ / "log").string();
    process_ = ::fork();
    if (process_ == 0) {
        become(arguments, log.c_str());
    }
    if (process_ < 0) {
        throw std::runtime_error{"hive-sandbox cannot be started"};
    }
}

}  // namespace cistern::test
