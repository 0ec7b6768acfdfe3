#include "suite_scene.hpp"

#include <cistern/acquire_timeout.hpp>

#include <thread>
#include <utility>

namespace cistern::conformance {

using std::chrono::steady_clock;

const std::vector<std::string>& backends() {
    static const std::vector<std::string> all{"thread"};
    return all;
}

Runtime make_runtime(const ConnectorQuirks& quirks, Texts settings, Texts options) {
    RuntimeSpec spec;
    spec.plugin_dirs = quirks.plugin.plugin_dirs;
    spec.pools.push_back({.name = "subject",
                          .plugin = quirks.plugin.plugin,
                          .options = std::move(options),
                          .settings = std::move(settings)});
    return Runtime::from_spec(std::move(spec));
}

Scene::Scene(const ConnectorQuirks& quirks, const std::string& backend, Texts options)
    : server_{quirks.plugin.start_server()},
      gate_{server_->port()},
      runtime_{[&] {
          options.emplace("backend", backend);
          return make_runtime(quirks, quirks.plugin.settings(gate_.endpoint()), options);
      }()},
      pool_{quirks.open_pool(runtime_, "subject")} {}

void Scene::settle() {
    const auto give_up = steady_clock::now() + kAmple;
    auto stats = pool_->stats();
    while (stats.connecting + stats.validating + stats.closing > 0 &&
           steady_clock::now() < give_up) {
        std::this_thread::yield();
        stats = pool_->stats();
    }
}

Outcome outcome_of(const std::function<void()>& call) {
    Outcome outcome;
    const auto began = steady_clock::now();
    try {
        call();
    } catch (const Error& error) {
        outcome.kind = Outcome::Kind::kFrameworkError;
        outcome.is_timeout = dynamic_cast<const DeadlineExceeded*>(&error) != nullptr ||
                             dynamic_cast<const AcquireTimeout*>(&error) != nullptr;
        outcome.is_connect_error = dynamic_cast<const ConnectError*>(&error) != nullptr;
        outcome.text = error.what();
    } catch (const std::exception& error) {
        outcome.kind = Outcome::Kind::kForeignError;
        outcome.text = error.what();
    } catch (...) {
        outcome.kind = Outcome::Kind::kForeignError;
        outcome.text = "not an exception of the standard library";
    }
    outcome.took = steady_clock::now() - began;
    return outcome;
}

}  // namespace cistern::conformance
