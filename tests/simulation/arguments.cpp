#include "simulation/arguments.hpp"

#include <charconv>
#include <stdexcept>
#include <string_view>

namespace cistern::test {
namespace {

std::uint64_t number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) {
        throw std::invalid_argument{"\"" + std::string{text} + "\" is not a number\n" + kUsage};
    }
    return value;
}

}  // namespace

Arguments parse_arguments(int count, const char* const* values) {
    Arguments arguments;
    const std::string_view path = values[0];
    arguments.program = path.substr(path.rfind('/') + 1);
    bool has_seeds = false;
    for (int index = 1; index < count; ++index) {
        const std::string_view option = values[index];
        const auto value = [&]() -> std::string_view {
            if (++index == count) {
                throw std::invalid_argument{std::string{option} + " needs a value\n" + kUsage};
            }
            return values[index];
        };
        if (option == "--seeds" || option == "--seed") {
            const auto range = value();
            const auto dots = range.find("..");
            arguments.first = number(range.substr(0, dots));
            arguments.last =
                dots == std::string_view::npos ? arguments.first : number(range.substr(dots + 2));
            has_seeds = true;
        } else if (option == "--mutant") {
            arguments.mutant = value();
        } else if (option == "--steps") {
            arguments.max_steps = number(value());
        } else if (option == "--verbose") {
            arguments.is_verbose = true;
        } else if (option == "--twice") {
            arguments.runs_twice = true;
        } else if (option == "--must-fail") {
            arguments.must_fail = true;
        } else if (option == "--keep-going") {
            arguments.keeps_going = true;
        } else {
            throw std::invalid_argument{"unknown option " + std::string{option} + "\n" + kUsage};
        }
    }
    if (!has_seeds) {
        throw std::invalid_argument{kUsage};
    }
    return arguments;
}

}  // namespace cistern::test
