#include "hive_connector.hpp"

#include "dial.hpp"
#include "hive_connection.hpp"
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

// What is left until `deadline` is shared evenly by the hosts not tried yet, so that one that hangs
// leaves time for the next.
cistern::Deadline share_of(const cistern::Clock& clock,
                           cistern::Deadline deadline,
                           std::size_t hosts_left) {
    if (hosts_left == 1 || deadline.is_never()) {
        return deadline;
    }
    return clock.deadline_after(clock.left(deadline) / hosts_left);
}

std::string all_hosts(const SessionSpec& spec) {
    std::string text;
    for (const auto& host : spec.hosts) {
        text += (text.empty() ? "" : ",") + to_string(host);
    }
    return text;
}

}  // namespace

std::unique_ptr<cistern::Connection> HiveConnector::connect(cistern::IoContext& io,
                                                            const cistern::ConnectorConfig& conf,
                                                            cistern::Deadline deadline) {
    const auto spec = std::make_shared<const SessionSpec>(read_session_spec(conf));
    const auto count = spec->hosts.size();
    const auto first = spec->rotate_hosts ? next_host_.fetch_add(1) : 0;
    std::string failures;
    bool is_transient = false;
    for (std::size_t tried = 0; tried < count; ++tried) {
        const auto& host = spec->hosts[(first + tried) % count];
        try {
            return open(io, spec, host, share_of(io.clock(), deadline, count - tried));
        } catch (const cistern::AuthError&) {
            throw;  // who we are does not change with the host
        } catch (const cistern::Error& error) {
            if (count == 1) {
                throw;
            }
            failures += (failures.empty() ? "" : "; ") + std::string{error.what()};
            is_transient = is_transient || error.is_transient();
        }
    }
    throw cistern::ConnectError{
        "hive: none of " + all_hosts(*spec) + " opened a session: " + failures,
        {.breaks_connection = true, .is_transient = is_transient}};
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
        check_tls(conf, "hive", tls_for(spec, spec.hosts.front()));
    }
}

std::string HiveConnector::endpoint(const cistern::ConnectorConfig& conf) const {
    return all_hosts(read_session_spec(conf));
}

bool HiveConnector::blocks_thread(const cistern::ConnectorConfig& conf) const noexcept {
    try {
        return read_session_spec(conf).login.kind == LoginSpec::Kind::kKerberos;
    } catch (...) {
        return false;  // connect() will say what is wrong with the settings
    }
}

const std::type_info* HiveConnector::session_type() const noexcept {
    return &typeid(Session);
}

}  // namespace hive
