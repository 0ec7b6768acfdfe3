#include "support/scripted_io.hpp"

#include <utility>

namespace cistern::test {

std::shared_ptr<StreamScript> ScriptedIo::will_connect() {
    auto script = std::make_shared<StreamScript>(clock_);
    const std::lock_guard lock{mutex_};
    prepared_.push_back({script, {}});
    return script;
}

void ScriptedIo::will_refuse(std::string why) {
    const std::lock_guard lock{mutex_};
    prepared_.push_back({nullptr, std::move(why)});
}

void ScriptedIo::will_hang() {
    const std::lock_guard lock{mutex_};
    prepared_.push_back({nullptr, {}});
}

std::unique_ptr<Stream> ScriptedIo::connect_tcp(const Endpoint& to, Deadline deadline) {
    return connect(to_string(to), deadline);
}

std::unique_ptr<Stream> ScriptedIo::connect_unix(const std::string& path, Deadline deadline) {
    return connect("unix:" + path, deadline);
}

std::vector<std::string> ScriptedIo::asked_for() const {
    const std::lock_guard lock{mutex_};
    return asked_for_;
}

std::unique_ptr<Stream> ScriptedIo::connect(std::string to, Deadline deadline) {
    Prepared next{nullptr, "no connect was prepared"};
    {
        const std::lock_guard lock{mutex_};
        asked_for_.push_back(to);
        if (!prepared_.empty()) {
            next = std::move(prepared_.front());
            prepared_.pop_front();
        }
    }
    if (next.script) {
        return std::make_unique<ScriptedStream>(std::move(next.script), std::move(to));
    }
    if (next.refusal.empty()) {
        clock_->advance_to(deadline);
        throw DeadlineExceeded{"cannot connect to " + to + ": the deadline passed"};
    }
    throw ConnectError{"cannot connect to " + to + ": " + next.refusal};
}

}  // namespace cistern::test
