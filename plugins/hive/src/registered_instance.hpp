#pragma once

#include <cistern/stream.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace hive {

// One HiveServer2 as it has registered itself.
//
// Thread safety:  a value; copies are independent.
struct RegisteredInstance {
    cistern::Endpoint address;
    // What it publishes about itself, by the names of its own settings ("hive.server2.use.SSL").
    std::map<std::string, std::string> published;
};

// The instance behind a node called `name`
// ("serverUri=host:port;version=4.0.1;sequence=0000000001") with `data` (settings as
// key=value;key=value, or nothing but host:port). What it publishes wins over its name. Empty when
// neither says where it listens: then the node is something else.
[[nodiscard]] std::optional<RegisteredInstance> read_registered_instance(std::string_view name,
                                                                         std::string_view data);

// The session keys of a JDBC URL that say what `instance` publishes.
[[nodiscard]] std::map<std::string, std::string> session_keys_of(
    const RegisteredInstance& instance);

}  // namespace hive
