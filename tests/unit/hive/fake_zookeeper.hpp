#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hive::test {

// A server of ZooKeeper that answers what a ScriptedStream writes, out of a tree of one level.
//
// Thread safety:  none.
class FakeZooKeeper {
public:
    // "/hiveserver2" -> names and what they hold; a node without children has an empty map.
    std::map<std::string, std::map<std::string, std::string>> nodes;
    // Answers everything below a node with this error, when given.
    std::optional<std::int32_t> error;
    // Goes in front of the next reply, as a watch of somebody's would.
    std::string unasked;

    // What the stream's script asks for: the replies to all that one write sent.
    [[nodiscard]] std::string answer(std::string_view written);

    // "connect", "children /path", "data /path/name", "close", in order.
    [[nodiscard]] const std::vector<std::string>& requests() const noexcept { return requests_; }

private:
    [[nodiscard]] std::string answer_one(std::string_view request);
    [[nodiscard]] std::string found(std::int32_t type, const std::string& path) const;

    std::vector<std::string> requests_;
    bool is_open_ = false;
};

// A frame around `body`, and a reply of ZooKeeper to request `xid`.
[[nodiscard]] std::string zookeeper_frame(std::string_view body);
[[nodiscard]] std::string zookeeper_reply(std::int32_t xid,
                                          std::int32_t error,
                                          std::string_view body);

}  // namespace hive::test
