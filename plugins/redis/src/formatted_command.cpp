#include "formatted_command.hpp"

#include <cistern/error.hpp>

#include <hiredis/hiredis.h>

#include <string.h>

#include <new>
#include <string>
#include <vector>

namespace redis {
namespace {

// hiredis counts the whole command in an int; Redis itself takes half a gibibyte per argument.
constexpr std::size_t kMaxCommandBytes = std::size_t{1} << 30;
constexpr std::size_t kMaxArguments = 1024 * 1024;  // the server's own limit

void check(std::span<const std::string_view> argv) {
    if (argv.empty() || argv.front().empty()) {
        throw cistern::Error{"redis: an empty command; its first argument must be its name"};
    }
    if (argv.size() > kMaxArguments) {
        throw cistern::Error{"redis: a command with " + std::to_string(argv.size()) +
                             " arguments; a server takes " + std::to_string(kMaxArguments)};
    }
    std::size_t total = 0;
    for (const auto argument : argv) {
        total += argument.size();
    }
    if (total > kMaxCommandBytes) {
        throw cistern::Error{"redis: a command of " + std::to_string(total) + " bytes; at most " +
                             std::to_string(kMaxCommandBytes) + " can be sent"};
    }
}

}  // namespace

FormattedCommand::FormattedCommand(std::span<const std::string_view> argv) {
    check(argv);
    std::vector<const char*> starts;
    std::vector<std::size_t> sizes;
    starts.reserve(argv.size());
    sizes.reserve(argv.size());
    for (const auto argument : argv) {
        starts.push_back(argument.empty() ? "" : argument.data());
        sizes.push_back(argument.size());
    }
    char* formatted = nullptr;
    const int size = redisFormatCommandArgv(
        &formatted, static_cast<int>(argv.size()), starts.data(), sizes.data());
    if (size < 0) {
        throw std::bad_alloc{};
    }
    bytes_.reset(formatted);
    size_ = static_cast<std::size_t>(size);
}

void FormattedCommand::wipe() noexcept {
    ::explicit_bzero(bytes_.get(), size_);
}

void FormattedCommand::Free::operator()(char* bytes) const noexcept {
    redisFreeCommand(bytes);
}

}  // namespace redis
