#include "fake_zookeeper.hpp"

#include "big_endian.hpp"

#include <stdexcept>
#include <utility>

namespace hive::test {
namespace {

constexpr std::int32_t kGetData = 4;
constexpr std::int32_t kGetChildren = 8;
constexpr std::int32_t kCloseSession = -11;
constexpr std::int32_t kNoNode = -101;
constexpr std::size_t kStatBytes = 68;

std::string number(std::int32_t value) {
    return big_endian(static_cast<std::uint32_t>(value));
}

std::string text(std::string_view value) {
    return number(static_cast<std::int32_t>(value.size())) + std::string{value};
}

std::int32_t int_at(std::string_view bytes, std::size_t at) {
    return from_big_endian<std::int32_t>(bytes.substr(at, 4).data());
}

}  // namespace

std::string zookeeper_frame(std::string_view body) {
    return text(body);
}

std::string zookeeper_reply(std::int32_t xid, std::int32_t error, std::string_view body) {
    return zookeeper_frame(number(xid) + std::string(8, '\7') + number(error) + std::string{body});
}

std::string FakeZooKeeper::answer(std::string_view written) {
    std::string all;
    while (!written.empty()) {
        const auto size = static_cast<std::size_t>(int_at(written, 0));
        all += answer_one(written.substr(4, size));
        written.remove_prefix(4 + size);
    }
    return all;
}

std::string FakeZooKeeper::answer_one(std::string_view request) {
    if (!is_open_) {
        if (request.size() != 45) {
            throw std::logic_error{"a session begins with 45 bytes"};
        }
        is_open_ = true;
        requests_.emplace_back("connect");
        return zookeeper_frame(number(0) + number(30'000) + std::string(8, '\1') +
                               text(std::string(16, '\2')) + '\0');
    }
    const auto xid = int_at(request, 0);
    const auto type = int_at(request, 4);
    if (type == kCloseSession) {
        requests_.emplace_back("close");
        is_open_ = false;
        return zookeeper_reply(xid, 0, {});
    }
    const std::string path{request.substr(12, static_cast<std::size_t>(int_at(request, 8)))};
    requests_.push_back((type == kGetData ? "data " : "children ") + path);
    auto before = std::exchange(unasked, {});
    if (error) {
        return before + zookeeper_reply(xid, *error, {});
    }
    const auto body = found(type, path);
    return before + zookeeper_reply(xid, body.empty() ? kNoNode : 0, body);
}

std::string FakeZooKeeper::found(std::int32_t type, const std::string& path) const {
    if (type == kGetChildren) {
        const auto node = nodes.find(path);
        if (node == nodes.end()) {
            return {};
        }
        auto list = number(static_cast<std::int32_t>(node->second.size()));
        for (const auto& [name, data] : node->second) {
            list += text(name);
        }
        return list;
    }
    const auto slash = path.rfind('/');
    const auto node = nodes.find(path.substr(0, slash));
    if (node == nodes.end() || !node->second.contains(path.substr(slash + 1))) {
        return {};
    }
    return text(node->second.at(path.substr(slash + 1))) + std::string(kStatBytes, '\3');
}

}  // namespace hive::test
