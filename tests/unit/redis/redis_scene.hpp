#pragma once

#include "redis_connection.hpp"
#include "support/scripted_stream.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace redis::test {

// A session on a scripted stream, as if the login were done.
struct Scene {
    std::shared_ptr<cistern::test::StreamScript> script =
        std::make_shared<cistern::test::StreamScript>();
    cistern::test::ScriptedStream* stream = nullptr;  // owned by the connection
    std::unique_ptr<RedisConnection> connection;

    explicit Scene(Login login = {}, const ReplyLimits& limits = {}, std::size_t scripts = 2) {
        auto owned = std::make_unique<cistern::test::ScriptedStream>(script, "db1:6379");
        stream = owned.get();
        connection =
            std::make_unique<RedisConnection>(std::move(owned), std::move(login), limits, scripts);
    }

    [[nodiscard]] Session& session() const { return *connection; }
    [[nodiscard]] cistern::Deadline soon() const {
        return script->clock().deadline_after(std::chrono::seconds{1});
    }
    // The server answers the next write with this.
    void answers(std::string reply) {
        script->answers([reply = std::move(reply)](std::string_view) { return reply; });
    }
    // What has been written since the last call.
    std::string written() {
        const auto before = std::exchange(seen_, script->written().size());
        return script->written().substr(before);
    }

private:
    std::size_t seen_ = 0;
};

}  // namespace redis::test
