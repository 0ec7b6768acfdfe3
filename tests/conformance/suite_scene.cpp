#include "suite_scene.hpp"

#include <cistern/acquire_timeout.hpp>
#include <cistern/asio.hpp>
#include <cistern/fiber.hpp>

#include <boost/asio/use_future.hpp>
#include <boost/fiber/fiber.hpp>

#include <exception>
#include <functional>
#include <thread>
#include <utility>

namespace cistern::conformance {

using std::chrono::steady_clock;

namespace {

// Runs `call` as a task of the kind that `backend` is made of.
void run_as_task(const std::string& backend, const std::function<void()>& call) {
    if (backend == "asio") {
        async_run([&](const std::stop_token&) { call(); }, {}, boost::asio::use_future).get();
        return;
    }
    if (backend == "thread") {
        call();
        return;
    }
    std::exception_ptr thrown;
    boost::fibers::fiber{[&] {
        try {
            call();
        } catch (...) {
            thrown = std::current_exception();
        }
    }}.join();
    if (thrown != nullptr) {
        std::rethrow_exception(thrown);
    }
}

// Each call is a task of its own: leases go from one to the next.
class TaskLease final : public AnyLease {
public:
    TaskLease(std::unique_ptr<AnyLease> lease, std::string backend)
        : lease_{std::move(lease)}, backend_{std::move(backend)} {}
    void exchange(Timeout timeout) override {
        run_as_task(backend_, [&] { lease_->exchange(timeout); });
    }
    void make_mess(std::size_t index) override {
        run_as_task(backend_, [&] { lease_->make_mess(index); });
    }
    void discard() override { lease_->discard(); }

private:
    std::unique_ptr<AnyLease> lease_;
    const std::string backend_;
};

class TaskPool final : public AnyPool {
public:
    TaskPool(std::unique_ptr<AnyPool> pool, std::string backend)
        : pool_{std::move(pool)}, backend_{std::move(backend)} {}
    std::unique_ptr<AnyLease> acquire(Timeout timeout) override {
        std::unique_ptr<AnyLease> lease;
        run_as_task(backend_, [&] { lease = pool_->acquire(timeout); });
        return std::make_unique<TaskLease>(std::move(lease), backend_);
    }
    PoolStats stats() const override { return pool_->stats(); }
    PoolHealth check(Timeout timeout) override {
        PoolHealth health;
        run_as_task(backend_, [&] { health = pool_->check(timeout); });
        return health;
    }
    bool drain(Timeout timeout) override {
        bool is_drained = false;
        run_as_task(backend_, [&] { is_drained = pool_->drain(timeout); });
        return is_drained;
    }

private:
    std::unique_ptr<AnyPool> pool_;
    const std::string backend_;
};

}  // namespace

const std::vector<std::string>& backends() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    // They take what is thrown on a fiber's stack for a mistake.
    static const std::vector<std::string> all{"thread", "asio"};
#else
    static const std::vector<std::string> all{"thread", "fiber", "asio"};
#endif
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
      pool_{std::make_unique<TaskPool>(quirks.open_pool(runtime_, "subject"), backend)} {}

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
