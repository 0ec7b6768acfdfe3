#include "cookie_jar.hpp"

#include <algorithm>

namespace hive {
namespace {

constexpr std::size_t kMostCookies = 32;
constexpr std::size_t kLongestCookie = 4096;

std::string_view without_blanks(std::string_view text) {
    const auto begin = std::min(text.find_first_not_of(" \t"), text.size());
    text.remove_prefix(begin);
    return text.substr(0, text.find_last_not_of(" \t") + 1);
}

bool is_age_zero(std::string_view attribute) {
    constexpr std::string_view kName = "max-age=";
    const auto is_named =
        attribute.size() > kName.size() &&
        std::equal(kName.begin(), kName.end(), attribute.begin(), [](char a, char b) {
            return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b);
        });
    return is_named && (attribute[kName.size()] == '0' || attribute[kName.size()] == '-');
}

}  // namespace

void CookieJar::take(std::string_view set_cookie) {
    auto rest = set_cookie;
    const auto end = std::min(rest.find(';'), rest.size());
    const auto pair = without_blanks(rest.substr(0, end));
    rest.remove_prefix(end);
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos || equals == 0 || pair.size() > kLongestCookie) {
        return;
    }
    const std::string name{without_blanks(pair.substr(0, equals))};
    while (!rest.empty()) {
        rest.remove_prefix(1);
        const auto next = std::min(rest.find(';'), rest.size());
        if (is_age_zero(without_blanks(rest.substr(0, next)))) {
            return drop(name);
        }
        rest.remove_prefix(next);
    }
    if (has(name) || cookies_.size() < kMostCookies) {
        put(name, std::string{without_blanks(pair.substr(equals + 1))});
    }
}

std::string CookieJar::header() const {
    std::string all;
    for (const auto& [name, value] : cookies_) {
        all += (all.empty() ? "" : "; ") + name + '=' + value;
    }
    return all;
}

}  // namespace hive
