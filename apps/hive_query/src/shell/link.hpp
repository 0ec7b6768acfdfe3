#pragma once

#include "../messages.hpp"
#include "../options.hpp"

#include <cistern/hive/session.hpp>
#include <cistern/pool.hpp>
#include <cistern/runtime.hpp>

#include <optional>
#include <string>

namespace hive_query {

// The one session that somebody at a prompt works with.
//
// Thread safety:  none.
// Waiting:        session() opens a connection when there is none, within the pool's deadlines.
// Errors:         session() throws what opening throws, and UsageError when there is nowhere to
//                 connect to.
class Link {
public:
    Link() = default;
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;
    virtual ~Link() = default;

    [[nodiscard]] virtual hive::Session& session() = 0;
    [[nodiscard]] virtual bool is_open() const noexcept = 0;
    // Ends the session; with `lost`, its connection is of no more use.
    virtual void close(bool lost) = 0;
    // Ends the session, and goes to another place from now on.
    virtual void go_to(const Options& options) = 0;
};

// By a pool of the framework.
class PoolLink final : public Link {
public:
    PoolLink(const Options& options, Messages& messages) : options_{options}, messages_{messages} {}

    [[nodiscard]] hive::Session& session() override;
    [[nodiscard]] bool is_open() const noexcept override { return lease_.has_value(); }
    void close(bool lost) override;
    void go_to(const Options& options) override;

private:
    Options options_;
    Messages& messages_;
    std::optional<cistern::Runtime> runtime_;
    std::optional<cistern::Lease<hive::Session>> lease_;
};

// "sales" of "jdbc:hive2://host:10000/sales;..."; "default" when it names none.
[[nodiscard]] std::string database_of(const std::string& url);

}  // namespace hive_query
