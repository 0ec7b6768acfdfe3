#pragma once

#include <map>
#include <string>
#include <string_view>

namespace hive {

// The cookies of one conversation: the server's, and those of whatever balances load in front of
// it. They go back to where they came from, so attributes decide nothing, save for an age of zero.
// (Spark marks its cookie as secure also without TLS.)
//
// Thread safety:  none.
class CookieJar {
public:
    // The value of a Set-Cookie header. What is too large, or is none, is left out.
    void take(std::string_view set_cookie);
    void put(const std::string& name, std::string value) { cookies_[name] = std::move(value); }
    void drop(const std::string& name) { cookies_.erase(name); }

    [[nodiscard]] bool has(const std::string& name) const { return cookies_.count(name) != 0; }
    // The value of the Cookie header; empty when there is none to send.
    [[nodiscard]] std::string header() const;

private:
    std::map<std::string, std::string> cookies_;
};

}  // namespace hive
