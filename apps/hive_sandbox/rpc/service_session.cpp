#include "rpc/service.hpp"
#include "rpc/status.hpp"
#include "sql/text.hpp"

#include <thrift/TApplicationException.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace sandbox {

using namespace hive::rpc;

namespace {

constexpr std::int32_t kOwnVersion = TProtocolVersion::HIVE_CLI_SERVICE_PROTOCOL_V11;
constexpr const char* kFetchSize = "hive.server2.thrift.resultset.default.fetch.size";

bool take_prefix(std::string& key, std::string_view prefix) {
    if (!key.starts_with(prefix)) {
        return false;
    }
    key.erase(0, prefix.size());
    return true;
}

std::int64_t number_or(const std::string& text, std::int64_t otherwise) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && value > 0 ? value : otherwise;
}

void set_conf(SessionState& state,
              Faults& faults,
              const std::string& key,
              const std::string& value) {
    if (key == "sandbox.fault") {
        apply_faults(faults, value);
    }
    state.conf[key] = value;
}

void configure(std::string key,
               const std::string& value,
               const Catalog& catalog,
               SessionState& state,
               Faults& faults) {
    if (key.starts_with("use:")) {
        state.database = to_lower(value);
        if (!catalog.has(state.database)) {
            throw SqlError{"Database " + value + " does not exist", "42000", 10072};
        }
    } else if (key.starts_with("set:env:")) {
        throw SqlError{"env:* variables cannot be set: " + key, "42000", 1};
    } else if (take_prefix(key, "set:hivevar:")) {
        state.variables[key] = value;
    } else if (take_prefix(key, "set:hiveconf:")) {
        set_conf(state, faults, key, value);
    } else if (take_prefix(key, "set:system:") || take_prefix(key, "set:metaconf:")) {
        // There is no such thing here, and no harm in the wish.
    } else if (key == "hive.server2.proxy.user") {
        state.user = value;
    } else {
        set_conf(state, faults, key, value);
    }
}

}  // namespace

// The lower of both versions. Numbers nobody knows, such as other vendors', count as "the newest
// you have".
int Service::negotiate(const TOpenSessionReq& in) {
    const bool known = in.client_protocol >= 0 && in.client_protocol <= kOwnVersion;
    if (!known && outcome_.faults.password_in_error) {
        outcome_.error =
            ApplicationError{apache::thrift::TApplicationException::PROTOCOL_ERROR,
                             "Required field 'client_protocol' is unset! "
                             "Struct:TOpenSessionReq(client_protocol:null, username:" +
                                 in.username + ", password:" + in.password + ", configuration:{})"};
    }
    return known ? in.client_protocol : kOwnVersion;
}

std::shared_ptr<Session> Service::open(const TOpenSessionReq& in) {
    if (outcome_.faults.refuse_session) {
        throw SqlError{
            "Failed to open new session: hive-sandbox was told to refuse it", "08004", 1};
    }
    SessionState state;
    state.user = !user_.empty() ? user_ : in.username.empty() ? "anonymous" : in.username;
    const Options& options = engine_.options();
    state.conf[kFetchSize] = std::to_string(std::min(options.fetch_size, options.fetch_cap));
    Faults faults = options.faults;
    for (const auto& [key, value] : in.configuration) {
        configure(key, value, engine_.catalog(), state, faults);
    }
    std::string& size = state.conf[kFetchSize];
    size = std::to_string(std::min(number_or(size, options.fetch_size), options.fetch_cap));
    return std::make_shared<Session>(negotiate(in), std::move(state), std::move(faults));
}

void Service::OpenSession(TOpenSessionResp& out, const TOpenSessionReq& in) {
    out.serverProtocolVersion = kOwnVersion;
    guarded(out.status, [&] {
        const auto session = open(in);
        engine_.add(session);
        opened_.push_back(session->handle().guid);
        out.serverProtocolVersion = session->version();
        TSessionHandle handle;
        handle.sessionId = session->handle().to_rpc();
        out.__set_sessionHandle(handle);
        const std::string size =
            session->with_state([](SessionState& state) { return state.conf[kFetchSize]; });
        out.__set_configuration({{kFetchSize, size}, {"hive.default.nulls.last", "true"}});
    });
}

}  // namespace sandbox
