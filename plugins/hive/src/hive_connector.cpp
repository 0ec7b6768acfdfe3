#include "hive_connector.hpp"

#include "dial.hpp"
#include "hive_connection.hpp"
#include "host_attempts.hpp"
#include "session_core.hpp"

#include <cistern/error.hpp>
#include <cistern/hive/session.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace hive {
namespace {

// The versions at which old servers stand still; one that does not know a number closes the
// conversation.
int next_lower(int version) {
    constexpr std::array kSteps{10, 8, 6, 1};
    const auto found =
        std::find_if(kSteps.begin(), kSteps.end(), [&](int step) { return step < version; });
    return found == kSteps.end() ? 0 : *found;
}

// An instance that opened no session a moment ago goes behind the others, and is still tried.
void put_failed_last(std::vector<RegisteredInstance>& all,
                     const RecentFailures& failures,
                     const cistern::Clock& clock) {
    std::stable_partition(all.begin(), all.end(), [&](const auto& instance) {
        return !failures.has(to_string(instance.address), clock);
    });
}

}  // namespace

std::unique_ptr<cistern::Connection> HiveConnector::connect(cistern::IoContext& io,
                                                            const cistern::ConnectorConfig& conf,
                                                            cistern::Deadline deadline) {
    const auto spec = std::make_shared<const SessionSpec>(read_session_spec(conf));
    if (spec->discovery) {
        return open_registered(io, conf, *spec->discovery, deadline);
    }
    const auto& hosts = spec->hosts;
    if (hosts.size() == 1) {
        return open(io, spec, hosts.front(), deadline);
    }
    const auto first = spec->rotate_hosts ? next_host_.fetch_add(1) : 0;
    HostAttempts attempts{io.clock(), deadline, hosts.size()};
    for (std::size_t tried = 0; tried < hosts.size(); ++tried) {
        const auto& host = hosts[(first + tried) % hosts.size()];
        auto opened = attempts.attempt(
            host, [&](cistern::Deadline share) { return open(io, spec, host, share); });
        if (opened) {
            return opened;
        }
    }
    attempts.throw_all_failed({});
}

std::unique_ptr<cistern::Connection> HiveConnector::open_registered(
    cistern::IoContext& io,
    const cistern::ConnectorConfig& conf,
    const Discovery& discovery,
    cistern::Deadline deadline) {
    auto instances = discover(io, discovery, deadline);
    put_failed_last(instances, failures_, io.clock());
    HostAttempts attempts{io.clock(), deadline, instances.size()};
    for (const auto& instance : instances) {
        const auto name = to_string(instance.address);
        auto opened = attempts.attempt(instance.address, [&](cistern::Deadline share) {
            auto spec = std::make_shared<const SessionSpec>(read_session_spec(conf, &instance));
            return open(io, std::move(spec), instance.address, share);
        });
        if (opened) {
            failures_.note_opened(name);
            return opened;
        }
        failures_.note_failed(name, io.clock());
    }
    attempts.throw_all_failed(", registered in ZooKeeper " + discovery.name() + ",");
}

std::unique_ptr<cistern::Connection> HiveConnector::open(cistern::IoContext& io,
                                                         std::shared_ptr<const SessionSpec> spec,
                                                         const cistern::Endpoint& host,
                                                         cistern::Deadline deadline) {
    const auto name = to_string(host);
    const int offered = version_for(name, spec->newest_version);
    int version = offered;
    while (true) {
        auto rpc = dial(io, *spec, host, deadline);
        std::optional<CallRefused> refusal;
        try {
            auto session = open_session(*rpc, *spec, version, deadline);
            if (version != offered) {
                note_version(name, version);
            }
            return std::make_unique<HiveConnection>(std::make_shared<SessionCore>(
                SessionPlace{io, std::move(spec), host}, std::move(rpc), std::move(session)));
        } catch (const CallRefused& error) {
            refusal = error;
        }
        version = next_lower(version);
        if (refusal->type() != CallRefused::kProtocolError || version == 0) {
            throw cistern::ConnectError{refusal->what(), {.breaks_connection = true}};
        }
    }
}

// Only remembered: whoever cannot look at once does without. In a child of fork() the lock may be
// held for ever, by a thread that is not there.
int HiveConnector::version_for(const std::string& host, int newest) const {
    const std::unique_lock lock{mutex_, std::try_to_lock};
    if (!lock.owns_lock()) {
        return newest;
    }
    const auto known = lower_versions_.find(host);
    return known == lower_versions_.end() ? newest : std::min(newest, known->second);
}

// Only once a session was opened with it: a host may refuse for another reason in the same words.
void HiveConnector::note_version(const std::string& host, int version) {
    const std::unique_lock lock{mutex_, std::try_to_lock};
    if (lock.owns_lock()) {
        lower_versions_.insert_or_assign(host, version);
    }
}

void HiveConnector::check(const cistern::ConnectorConfig& conf) const {
    const auto spec = read_session_spec(conf);
    if (spec.tls) {
        check_tls(conf,
                  "hive",
                  tls_for(spec, spec.hosts.empty() ? cistern::Endpoint{} : spec.hosts.front()));
    }
}

std::string HiveConnector::endpoint(const cistern::ConnectorConfig& conf) const {
    const auto spec = read_session_spec(conf);
    return spec.discovery ? spec.discovery->name() : to_string(spec.hosts);
}

bool HiveConnector::blocks_thread(const cistern::ConnectorConfig& conf) const noexcept {
    try {
        const auto spec = read_session_spec(conf);
        // An instance in ZooKeeper may publish that it wants Kerberos.
        const bool may_be_published = spec.discovery && !spec.login.is_given;
        return may_be_published || spec.login.kind == LoginSpec::Kind::kKerberos;
    } catch (...) {
        return false;  // connect() will say what is wrong with the settings
    }
}

const std::type_info* HiveConnector::session_type() const noexcept {
    return &typeid(Session);
}

}  // namespace hive
