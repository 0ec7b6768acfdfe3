// A JDBC URL as a user may write it, or as somebody else may have them write it. It is read or
// refused with a ConfigError; what was read can be written and is read again as the same.

#include "fuzz_target.hpp"
#include "jdbc_url.hpp"
#include "session_spec.hpp"

#include <cistern/connector_config.hpp>
#include <cistern/error.hpp>

#include <map>
#include <optional>
#include <string>

namespace {

using namespace cistern::fuzz;
using Texts = std::map<std::string, std::string>;

std::string encoded(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string url;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (plain) {
            url += c;
        } else {
            url += {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
        }
    }
    return url;
}

std::string encoded(const Texts& pairs) {
    std::string url;
    for (const auto& [key, value] : pairs) {
        url += ";" + encoded(key) + "=" + encoded(value);
    }
    return url;
}

std::string written(const hive::JdbcUrl& url) {
    std::string text = "jdbc:hive2://";
    for (const auto& host : url.hosts) {
        text += (text.back() == '/' ? "" : ",") + cistern::to_string(host);
    }
    return text + "/" + encoded(url.database) + encoded(url.session) + "?" + encoded(url.conf) +
           "#" + encoded(url.variables);
}

std::optional<hive::JdbcUrl> parsed(std::string_view text) {
    try {
        return hive::parse_jdbc_url(text);
    } catch (const cistern::ConfigError&) {
        return std::nullopt;
    }
}

std::optional<hive::SessionSpec> session_of(const std::string& url) {
    try {
        return hive::read_session_spec({"pool", {{"url", {url, "fuzz"}}}});
    } catch (const cistern::ConfigError&) {
        return std::nullopt;
    }
}

void require_same(const hive::JdbcUrl& a, const hive::JdbcUrl& b) {
    require(a.hosts == b.hosts, "other hosts");
    require(a.database == b.database, "another database");
    require(a.session == b.session, "other session keys");
    require(a.conf == b.conf, "other settings of Hive");
    require(a.variables == b.variables, "other variables");
}

void require_same(const hive::SessionSpec& a, const hive::SessionSpec& b) {
    require(a.hosts == b.hosts && a.user == b.user && a.opening == b.opening &&
                a.password.reveal() == b.password.reveal() && a.configuration == b.configuration &&
                a.fetch_size == b.fetch_size,
            "another session");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string input{text_of(data, size)};
    const auto url = parsed(input);
    const auto session = session_of(input);
    require(url || !session, "a session without a URL");
    if (!url) {
        return 0;
    }
    const auto again = written(*url);
    const auto url_again = parsed(again);
    require(url_again.has_value(), "what was written is refused: " + again);
    require_same(*url, *url_again);
    const auto session_again = session_of(again);
    require(session.has_value() == session_again.has_value(),
            "written anew it is judged otherwise");
    if (session) {
        require(session->fetch_size >= 1, "a fetch size below 1");
        require_same(*session, *session_again);
    }
    return 0;
}
