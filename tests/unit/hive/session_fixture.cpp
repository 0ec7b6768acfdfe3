#include "session_fixture.hpp"

#include "hive_connector.hpp"

#include <utility>

namespace hive::test {

using namespace std::chrono_literals;

cistern::ConnectorConfig config(const Given& given) {
    std::map<std::string, cistern::ConfigValue> values;
    for (const auto& [key, value] : given) {
        values[key] = {.text = value, .origin = "test"};
    }
    return {"warehouse", std::move(values)};
}

SessionFixture::SessionFixture(Given given) {
    given.emplace("endpoint", "hive1:10000");
    given.emplace("auth", "nosasl");
    script = will_connect_again();
    HiveConnector connector;
    connection = connector.connect(io, config(given), soon());
    server->forget_calls();
}

cistern::Deadline SessionFixture::soon() const {
    return io.clock().deadline_after(5s);
}

std::shared_ptr<cistern::test::StreamScript> SessionFixture::will_connect_again() {
    auto made = io.will_connect();
    made->answers([fake = server](std::string_view call) { return fake->answer(call); });
    return made;
}

}  // namespace hive::test
