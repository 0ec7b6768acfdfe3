#pragma once

#include "fake_hive.hpp"
#include "support/scripted_io.hpp"

#include <cistern/connection.hpp>
#include <cistern/connector_config.hpp>
#include <cistern/hive/session.hpp>

#include <map>
#include <memory>
#include <string>

namespace hive::test {

using Given = std::map<std::string, std::string>;

[[nodiscard]] cistern::ConnectorConfig config(const Given& given);

// One session of the real plugin code with a FakeHive, without SASL.
struct SessionFixture {
    explicit SessionFixture(Given given = {});

    [[nodiscard]] Session& session() const { return dynamic_cast<Session&>(*connection); }
    [[nodiscard]] cistern::Deadline soon() const;
    // A second connection to the same server, for a cancel.
    std::shared_ptr<cistern::test::StreamScript> will_connect_again();

    cistern::test::ScriptedIo io;
    std::shared_ptr<FakeHive> server = std::make_shared<FakeHive>();
    std::shared_ptr<cistern::test::StreamScript> script;
    std::unique_ptr<cistern::Connection> connection;
};

}  // namespace hive::test
