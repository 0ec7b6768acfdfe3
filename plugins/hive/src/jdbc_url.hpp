#pragma once

#include <cistern/stream.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace hive {

// A URL as Hive's JDBC driver takes it:
//     jdbc:hive2://host:port[,host:port...][/database][;session=...][?hiveconf=...][#hivevar=...]
struct JdbcUrl {
    std::vector<cistern::Endpoint> hosts;
    std::string database;                        // empty: the URL names none
    std::map<std::string, std::string> session;  // by the driver's spelling
    std::map<std::string, std::string> conf;
    std::map<std::string, std::string> variables;
};

// Throws ConfigError that says what is wrong. Never repeats a value of the URL: one may be a
// password.
[[nodiscard]] JdbcUrl parse_jdbc_url(std::string_view url);

}  // namespace hive
