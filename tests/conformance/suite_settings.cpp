// What a connector says about its settings.

#include "suite_scene.hpp"

#include <cistern/plugin_report.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <string>

using namespace cistern::conformance;

namespace {

cistern::Settings settings_of_subject() {
    const auto subject = quirks();
    for (const auto& report : cistern::inspect_plugins(subject.plugin.plugin_dirs)) {
        const auto& names = report.names;
        if (std::find(names.begin(), names.end(), subject.plugin.plugin) != names.end()) {
            return report.settings;
        }
    }
    FAIL("no plugin file offers the connector \"" << subject.plugin.plugin << '"');
    return {};
}

// A place that is never connected to.
Texts settings_somewhere() {
    return quirks().plugin.settings({"127.0.0.1", "1"});
}

}  // namespace

TEST_CASE("a connector declares its settings, each once and with its meaning", "[conformance]") {
    const auto settings = settings_of_subject();
    CHECK_FALSE(settings.empty());
    std::set<std::string> names;
    for (const auto& setting : settings) {
        CAPTURE(setting.name);
        CHECK_FALSE(setting.name.empty());
        CHECK_FALSE(setting.meaning.empty());
        CHECK(names.insert(setting.name).second);
        CHECK_FALSE((setting.required && setting.default_value));
        CHECK((setting.type == cistern::SettingType::kChoice) == !setting.choices.empty());
    }
}

TEST_CASE("every default is a value that the setting accepts", "[conformance]") {
    auto settings = settings_somewhere();
    for (const auto& setting : settings_of_subject()) {
        if (setting.default_value && setting.name.find('*') == std::string::npos) {
            settings.emplace(setting.name, *setting.default_value);
        }
    }
    CHECK(
        outcome_of([&] { static_cast<void>(make_runtime(quirks(), settings, {})); }).text.empty());
}

TEST_CASE("a setting that the connector does not know stops the start and is named",
          "[conformance]") {
    auto settings = settings_somewhere();
    settings["no_such_setting"] = "x";
    const auto outcome =
        outcome_of([&] { static_cast<void>(make_runtime(quirks(), settings, {})); });
    CHECK(outcome.kind == Outcome::Kind::kFrameworkError);
    CHECK_THAT(outcome.text, Catch::Contains("no_such_setting"));
}
