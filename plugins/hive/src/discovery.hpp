#pragma once

#include "registered_instance.hpp"

#include <cistern/deadline.hpp>
#include <cistern/stream.hpp>

#include <string>
#include <vector>

namespace hive {

// Where instances of HiveServer2 register themselves.
//
// Thread safety:  never changes once made.
struct Discovery {
    std::vector<cistern::Endpoint> servers;  // of ZooKeeper
    std::string path;                        // the node whose children are the instances

    // "zk1:2181,zk2:2181/hiveserver2"
    [[nodiscard]] std::string name() const;
};

// No more instances than this are looked at in one connect, chosen by chance.
constexpr std::size_t kMostInstances = 64;

// The instances that are registered now, in an order that `io` draws; never none. ZooKeeper's
// servers are tried one after the other, beginning with any of them, each within its share of the
// time, and one share is left for the instances. Errors:  ConnectError that names each server of
// ZooKeeper with its own error, or says that no instance
//          is registered; DeadlineExceeded never: it becomes a part of that ConnectError.
[[nodiscard]] std::vector<RegisteredInstance> discover(cistern::IoContext& io,
                                                       const Discovery& discovery,
                                                       cistern::Deadline deadline);

// What is left until `deadline` is shared evenly by `shares`, so that one that hangs leaves time
// for the next.
[[nodiscard]] cistern::Deadline share_of(const cistern::Clock& clock,
                                         cistern::Deadline deadline,
                                         std::size_t shares);

// "a:1,b:2"
[[nodiscard]] std::string to_string(const std::vector<cistern::Endpoint>& all);

}  // namespace hive
