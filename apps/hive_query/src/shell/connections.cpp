#include "connections.hpp"

#include "../url_secrets.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <string_view>

namespace hive_query {
namespace {

[[nodiscard]] std::string trimmed(std::string_view text) {
    const std::size_t begin = std::min(text.find_first_not_of(" \t\r"), text.size());
    text.remove_prefix(begin);
    return std::string{text.substr(0, text.find_last_not_of(" \t\r") + 1)};
}

[[nodiscard]] bool is_reference(std::string_view text) {
    return text.empty() || text.substr(0, 2) == "${";
}

[[nodiscard]] bool holds_secret(std::string key, const std::string& value) {
    std::transform(key.begin(), key.end(), key.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    if (key.find(".http_header.") != std::string::npos) {  // its name may be anything
        return !is_reference(value);
    }
    const std::string last = key.substr(key.rfind('.') + 1);
    for (const std::string_view word : {"password", "token", "jwt", "secret"}) {
        if (last.find(word) != std::string::npos) {
            return !is_reference(value);
        }
    }
    const auto spans = secret_spans(value);
    return std::any_of(spans.begin(), spans.end(), [&value](const auto& span) {
        return !is_reference(std::string_view{value}.substr(span.first, span.second));
    });
}

}  // namespace

void use_connection(Options& options, const std::filesystem::path& path) {
    std::ifstream file{path};
    if (path.empty() || !file) {
        const std::string pool = "pool." + options.connection;
        throw UsageError{"@" + options.connection + ": cannot read " + path.string() +
                         "; describe the connection there: pools = " + options.connection + ", " +
                         pool + ".plugin = hive, " + pool +
                         ".hive.url = jdbc:hive2://host:10000/database"};
    }
    std::size_t number = 0;
    for (std::string line; std::getline(file, line);) {
        ++number;
        const std::string text = trimmed(line);
        const std::size_t equals = text.find_first_of("=:");
        if (text.empty() || text[0] == '#' || text[0] == '!' || equals == std::string::npos) {
            continue;
        }
        if (holds_secret(trimmed(text.substr(0, equals)), trimmed(text.substr(equals + 1)))) {
            throw UsageError{path.string() + ":" + std::to_string(number) +
                             ": a secret is not written here; name where it is: ${file:PATH} or "
                             "${env:NAME}"};
        }
    }
    options.conf_file = path.string();
    options.conf_origin = "@" + options.connection;
    options.pool = options.connection;
}

}  // namespace hive_query
