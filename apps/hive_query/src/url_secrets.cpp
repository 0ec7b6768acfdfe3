#include "url_secrets.hpp"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <exception>

namespace hive_query {
namespace {

[[nodiscard]] bool is_secret_key(std::string_view key) {
    std::string lower;
    std::transform(key.begin(), key.end(), std::back_inserter(lower), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    const auto has = [&lower](std::string_view part) {
        return lower.find(part) != std::string::npos;
    };
    return has("password") || has("pwd") || has("token") || has("jwt") || has("secret") ||
           has("authorization") || has("cookie");
}

// "user:password" in front of an @, which JDBC does not know but people write. Empty without one.
[[nodiscard]] std::pair<std::size_t, std::size_t> login_span(std::string_view url) {
    constexpr std::string_view kBeforeHost = "://";
    const std::size_t scheme = url.find(kBeforeHost);
    if (scheme == std::string_view::npos) {
        return {0, 0};
    }
    // A password that should have been encoded may hold a slash, or all else before the first one.
    const std::size_t begin = scheme + kBeforeHost.size();
    const std::size_t slash = url.find('/', begin);
    std::size_t end = std::min(url.find(';', begin), url.find_first_of("?#", slash));
    if (slash != std::string_view::npos) {
        end = std::max(end, slash);
    }
    const std::size_t last = url.substr(begin, std::min(end, url.size()) - begin).rfind('@');
    return {begin, last == std::string_view::npos ? 0 : last};
}

void blank(char* begin, std::size_t size) noexcept {
    std::memset(begin, '*', size);
}

void overwrite_url(char* argument) {
    for (const auto& [begin, size] : secret_spans(argument)) {
        blank(argument + begin, size);
    }
}

}  // namespace

std::vector<std::pair<std::size_t, std::size_t>> secret_spans(std::string_view url) {
    std::vector<std::pair<std::size_t, std::size_t>> spans;
    constexpr std::string_view kSeparators = ";?#";
    const auto login = login_span(url);
    if (login.second > 0) {
        spans.push_back(login);
    }
    const std::size_t behind_login = login.first + login.second;
    for (std::size_t at = url.find_first_of(kSeparators, behind_login); at < url.size();) {
        const std::size_t end = std::min(url.find_first_of(kSeparators, at + 1), url.size());
        const std::size_t equals = url.find('=', at);
        if (equals < end && is_secret_key(url.substr(at + 1, equals - at - 1))) {
            // What follows a ? or # may be the rest of a password that should have been encoded.
            const std::size_t until = std::min(url.find(';', equals), url.size());
            spans.emplace_back(equals + 1, until - equals - 1);
            at = until;
        } else {
            at = end;
        }
    }
    return spans;
}

std::string without_secrets(std::string_view url) {
    std::string out{url};
    const auto spans = secret_spans(url);
    for (auto span = spans.rbegin(); span != spans.rend(); ++span) {
        out.replace(span->first, span->second, "***");
    }
    return out;
}

void overwrite_secrets(int argument_count, char** arguments) noexcept {
    try {
        for (int i = 1; i < argument_count; ++i) {
            char* const argument = arguments[i];
            const std::string_view text{argument};
            const bool has_next = i + 1 < argument_count;
            if (text == "-p" && has_next && arguments[i + 1][0] != '-') {
                blank(arguments[i + 1], std::strlen(arguments[i + 1]));
            } else if (text.rfind("-p", 0) == 0 && text.size() > 2) {
                blank(argument + 2, text.size() - 2);
            } else if (text.find("jdbc:") != std::string_view::npos) {
                overwrite_url(argument);
            }
        }
    } catch (const std::exception&) {
        // Out of memory: the program will say so at its next step.
    }
}

}  // namespace hive_query
