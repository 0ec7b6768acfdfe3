#include "discovery.hpp"

#include "zookeeper_session.hpp"

#include <cistern/error.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace hive {
namespace {

// For messages: names of nodes are whatever somebody wrote there.
std::string shown(std::string_view name) {
    constexpr std::size_t kMostShown = 80;
    std::string text{name.substr(0, kMostShown)};
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
    return '"' + text + (name.size() > kMostShown ? "...\"" : "\"");
}

void shuffle(std::vector<std::string>& names, cistern::IoContext& io) {
    for (auto left = names.size(); left > 1; --left) {
        const auto chosen = static_cast<std::size_t>(io.random() * static_cast<double>(left));
        std::swap(names[left - 1], names[std::min(chosen, left - 1)]);
    }
}

// What one server of ZooKeeper answers. It is the last word: the others say the same, a little
// later.
[[noreturn]] void throw_none(const Discovery& discovery, const std::string& why) {
    throw cistern::ConnectError{"hive: ZooKeeper " + to_string(discovery.servers) +
                                " knows no HiveServer2: " + why};
}

struct Answer {
    bool has_node = false;
    std::vector<std::string> names;
    std::vector<std::optional<std::string>> data;  // of the first names
};

Answer ask(cistern::IoContext& io,
           const Discovery& discovery,
           const cistern::Endpoint& server,
           cistern::Deadline deadline) {
    ZooKeeperSession session{io.connect_tcp(server, deadline), deadline};
    Answer answer;
    if (auto names = session.children(discovery.path, deadline)) {
        answer.has_node = true;
        answer.names = std::move(*names);
        shuffle(answer.names, io);
        std::vector<std::string> paths;
        for (std::size_t at = 0; at < std::min(answer.names.size(), kMostInstances); ++at) {
            paths.push_back(discovery.path + '/' + answer.names[at]);
        }
        if (!paths.empty()) {
            answer.data = session.data(paths, deadline);
        }
    }
    session.close(deadline);
    return answer;
}

std::vector<RegisteredInstance> instances_of(const Discovery& discovery, const Answer& answer) {
    if (!answer.has_node) {
        throw_none(
            discovery,
            "there is no node " + discovery.path +
                ", so none has registered under that namespace; compare zooKeeperNamespace (or "
                "hive.zookeeper_namespace) with the servers' hive.server2.zookeeper.namespace");
    }
    const bool is_any_left = std::any_of(
        answer.data.begin(), answer.data.end(), [](const auto& one) { return one.has_value(); });
    if (!is_any_left) {
        throw_none(discovery,
                   "none is registered below " + discovery.path +
                       " now; those that were have ended, or lost ZooKeeper");
    }
    std::vector<RegisteredInstance> found;
    for (std::size_t at = 0; at < answer.data.size(); ++at) {
        const auto& data = answer.data[at];  // none: it has ended since the list was made
        auto instance = data ? read_registered_instance(answer.names[at], *data) : std::nullopt;
        if (instance) {
            found.push_back(std::move(*instance));
        }
    }
    if (found.empty()) {
        throw_none(discovery,
                   "what is below " + discovery.path + " does not say where one listens, as " +
                       shown(answer.names.front()) +
                       "; expected is serverUri=host:port;version=...;sequence=...");
    }
    return found;
}

}  // namespace

std::string Discovery::name() const {
    return to_string(servers) + path;
}

std::string to_string(const std::vector<cistern::Endpoint>& all) {
    std::string text;
    for (const auto& one : all) {
        text += (text.empty() ? "" : ",") + to_string(one);
    }
    return text;
}

cistern::Deadline share_of(const cistern::Clock& clock,
                           cistern::Deadline deadline,
                           std::size_t shares) {
    if (shares == 1 || deadline.is_never()) {
        return deadline;
    }
    return clock.deadline_after(clock.left(deadline) / shares);
}

std::vector<RegisteredInstance> discover(cistern::IoContext& io,
                                         const Discovery& discovery,
                                         cistern::Deadline deadline) {
    const auto& servers = discovery.servers;
    const auto first = static_cast<std::size_t>(io.random() * static_cast<double>(servers.size()));
    std::string failures;
    bool is_transient = false;
    for (std::size_t tried = 0; tried < servers.size(); ++tried) {
        const auto& server = servers[(first + tried) % servers.size()];
        std::optional<Answer> answer;
        try {
            answer = ask(
                io, discovery, server, share_of(io.clock(), deadline, servers.size() - tried + 1));
        } catch (const cistern::Error& error) {
            failures += (failures.empty() ? "" : "; ") + to_string(server) + ": " + error.what();
            is_transient = is_transient || error.is_transient();
        }
        if (answer) {
            return instances_of(discovery, *answer);
        }
    }
    throw cistern::ConnectError{
        "hive: no server of ZooKeeper told which HiveServer2 are registered below " +
            discovery.path + ": " + failures,
        {.breaks_connection = true, .is_transient = is_transient}};
}

}  // namespace hive
