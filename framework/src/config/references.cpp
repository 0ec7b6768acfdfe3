#include "references.hpp"

#include "file_text.hpp"
#include "message_text.hpp"

namespace cistern {
namespace {

constexpr std::size_t kMaxSecretBytes = 65536;
constexpr std::string_view kForms = "right would be ${env:NAME} or ${file:path}";

using Environment = std::map<std::string, std::string>;

Resolved failed(std::string problem) {
    return {{}, true, std::move(problem)};
}

Resolved from_environment(std::string_view name, const Environment& environment) {
    const auto found = environment.find(std::string{name});
    if (found == environment.end()) {
        return failed("refers to the environment variable " + shown_key(name) +
                      ", which is not set");
    }
    return {found->second, true};
}

Resolved from_file(std::string_view name, const std::filesystem::path& folder) {
    const auto path = folder / name;
    auto read = read_file(path, kMaxSecretBytes, FileAccess::kPrivate);
    if (!read.text) {
        return failed("refers to the file " + shown_key(path.string()) + ": " + read.problem);
    }
    auto& text = *read.text;
    if (text.ends_with('\n')) {
        text.pop_back();
    }
    if (text.ends_with('\r')) {
        text.pop_back();
    }
    return {std::move(text), true, {}, true};
}

Resolved resolve_one(std::string_view inside,
                     const Environment& environment,
                     const std::filesystem::path& folder) {
    constexpr std::string_view kEnvironment = "env:";
    constexpr std::string_view kFile = "file:";
    if (inside.starts_with(kEnvironment) && inside.size() > kEnvironment.size()) {
        return from_environment(inside.substr(kEnvironment.size()), environment);
    }
    if (inside.starts_with(kFile) && inside.size() > kFile.size()) {
        return from_file(inside.substr(kFile.size()), folder);
    }
    return failed("holds an unknown kind of reference; " + std::string{kForms} +
                  ", and $${ for the characters themselves");
}

}  // namespace

Resolved resolve_references(std::string_view text,
                            const Environment& environment,
                            const std::filesystem::path& folder) {
    Resolved result;
    while (!text.empty()) {
        if (text.starts_with("$${")) {
            result.text += "${";
            text.remove_prefix(3);
            continue;
        }
        if (!text.starts_with("${")) {
            result.text += text.front();
            text.remove_prefix(1);
            continue;
        }
        const auto end = text.find('}');
        if (end == std::string_view::npos) {
            return failed("holds a reference without its closing brace; " + std::string{kForms});
        }
        auto part = resolve_one(text.substr(2, end - 2), environment, folder);
        if (!part.problem.empty()) {
            return part;
        }
        result.text += part.text;
        result.had_reference = true;
        result.had_file = result.had_file || part.had_file;
        text.remove_prefix(end + 1);
    }
    return result;
}

}  // namespace cistern
