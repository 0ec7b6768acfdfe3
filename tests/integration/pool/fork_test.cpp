// A process with a pool forks: what the child finds, and what the parent does not notice. Children
// of several threads' parents stand in fork_threads_test.cpp.

#include "integration/pool/fork_scene.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>
#include <vector>

namespace cistern::test {
namespace {

// Ends the scene's pool and threads, as a Runtime's destructor does.
bool ends_by_itself(ForkScene& scene) {
    const auto deadline = scene.backend->clock().deadline_after(20s);
    scene.pool->close(deadline);
    const bool has_stopped = scene.backend->stop(deadline);
    scene.pool.reset();
    scene.backend.reset();
    return has_stopped;
}

std::string borrow_in_child(ForkScene& scene) {
    Expectations child;
    const auto before = scene.typed().stats();
    child.expect(before.total == 0, "the pool is empty");
    child.expect(before.opened == 0 && before.acquired == 0, "the counters start anew");
    for (int round = 0; round < 3; ++round) {
        child.expect(scene.typed().acquire()->ask("child"), "the child's connection answers");
    }
    child.expect(scene.typed().stats().opened == 1, "the child opens one connection of its own");
    child.expect(scene.typed().stats().idle == 1, "and has it back");
    return child.outcome();
}

TEST_CASE("a child of fork starts with an empty pool and says nothing on its parent's connections",
          "[integration][pool][fork]") {
    skip_without_threads_after_fork();
    ForkScene scene;
    REQUIRE(scene.open(3, "parent"));

    CHECK(in_child([&] {
              auto outcome = borrow_in_child(scene);
              const bool has_ended = ends_by_itself(scene);
              return outcome.empty() && !has_ended ? "the child's threads do not end" : outcome;
          }) == "");

    CHECK(scene.open(3, "parent"));
    const auto stats = scene.typed().stats();
    CHECK(stats.opened == 3);
    CHECK(stats.closed == 0);
    const auto received = scene.server->received();
    REQUIRE(received.size() == 4);
    CHECK(received[0] == "parent\nparent\n");
    CHECK(received[1] == "parent\nparent\n");
    CHECK(received[2] == "parent\nparent\n");
    CHECK(received[3] == "child\nchild\nchild\nQUIT\nBYE\n");
}

TEST_CASE("a child that ends by exit or by _exit says nothing either",
          "[integration][pool][fork]") {
    skip_without_threads_after_fork();
#ifdef __SANITIZE_ADDRESS__
    const bool by_exit = false;  // or it takes for leaks what only the parent's threads refer to
#else
    const bool by_exit = GENERATE(true, false);
#endif
    const bool uses_pool = GENERATE(true, false);
    ForkScene scene;
    REQUIRE(scene.open(2, "parent"));
    CHECK(in_child([&]() -> std::string {
              if (uses_pool) {
                  const auto outcome = borrow_in_child(scene);
                  if (!outcome.empty()) {
                      return outcome;
                  }
              }
              by_exit ? std::exit(0) : ::_exit(0);
          }) == "");
    CHECK(scene.open(2, "parent"));
    CHECK(scene.server->shared_by('p', 'c') == 0);
    CHECK(scene.server->received()[0] == "parent\nparent\n");
}

TEST_CASE("what the parent closes is closed for its server, though a child lives",
          "[integration][pool][fork]") {
    skip_without_threads_after_fork();
    ForkScene scene;
    REQUIRE(scene.open(3, "parent"));
    ForkGate may_end;
    ForkedChild child{[&]() -> std::string {
        may_end.wait();
        return {};
    }};
    scene.typed().flush();
    CHECK(scene.server->socket().wait_for_open(0));
    may_end.open();
    CHECK(child.report() == "");
}

TEST_CASE("the parent goes on noticing hang-ups after a child has come and gone",
          "[integration][pool][fork]") {
    skip_without_threads_after_fork();
    ForkScene scene;
    REQUIRE(scene.open(3, "parent"));
    CHECK(in_child([&] {
              const auto outcome = borrow_in_child(scene);
              static_cast<void>(ends_by_itself(scene));
              return outcome;
          }) == "");
    scene.server->socket().end_all();
    CHECK(scene.comes_true([](const auto& stats) { return stats.total == 0; }));
    CHECK(scene.typed().stats().closed_broken == 3);
}

enum class End { kReturn, kRelease, kDiscard, kThrow };

void end(Lease<LineSession> lease, End how) {
    switch (how) {
        case End::kReturn:
            return;
        case End::kRelease:
            lease.release();
            return;
        case End::kDiscard:
            lease.discard();
            return;
        case End::kThrow:
            try {
                const auto unwound = std::move(lease);
                throw std::runtime_error{"unwinds through it"};
            } catch (const std::runtime_error&) {
                return;
            }
    }
}

TEST_CASE("a lease that is out at the fork ends in the child without a word",
          "[integration][pool][fork]") {
    skip_without_threads_after_fork();
    const auto how = GENERATE(End::kReturn, End::kRelease, End::kDiscard, End::kThrow);
    const bool in_lane = GENERATE(true, false);
    const bool is_used = GENERATE(true, false);
    ForkScene scene{calm(1)};
    auto& pool = scene.typed();
    if (in_lane) {
        pool.acquire().release();  // what comes next is taken in the lane
    }
    auto lease = pool.acquire();
    REQUIRE((!is_used || lease->ask("parent")));

    CHECK(in_child([&] {
              Expectations child;
              child.expect(pool.acquire(20s)->ask("child"), "it takes no place from the child");
              end(std::move(lease), how);
              child.expect(pool.stats().total == 1, "it does not come back to the pool");
              child.expect(pool.acquire(20s)->ask("child"), "the child's own one is lent on");
              child.expect(pool.stats().opened == 1, "and no other was needed");
              return child.outcome();
          }) == "");

    CHECK(lease->ask("parent"));
    lease.release();
    CHECK(pool.stats().idle == 1);
    CHECK(scene.server->shared_by('p', 'c') == 0);
    CHECK(scene.server->received()[0].find_first_of("QB") == std::string::npos);
}

TEST_CASE("the session of a lease of before the fork fails in the child, with what to do",
          "[integration][pool][fork]") {
    skip_without_threads_after_fork();
    ForkScene scene;
    auto lease = scene.typed().acquire();
    CHECK(in_child([&] {
              Expectations child;
              const auto own =
                  scene.typed().acquire();  // it may have got the number of the old one
              try {
                  lease->send("child");
                  return std::string{"the session of before could be used"};
              } catch (const IoError& error) {
                  child.expect(std::string{error.what()}.find(
                                   "was opened before fork() and belongs to the parent process; "
                                   "borrow another one in this process") != std::string::npos,
                               "the error says why");
                  child.expect(error.breaks_connection(), "the session is of no more use");
              }
              child.expect(own->ask("child"), "the child's own one works");
              return child.outcome();
          }) == "");
    CHECK(lease->ask("parent"));
    CHECK(scene.server->shared_by('p', 'c') == 0);
}

TEST_CASE("a lease of before the fork may end in the child after the pool",
          "[integration][pool][fork]") {
    skip_without_threads_after_fork();
    ForkScene scene;
    auto lease = scene.typed().acquire();
    CHECK(lease->ask("parent"));
    CHECK(in_child([&] {
              Expectations child;
              child.expect(ends_by_itself(scene), "nobody waits for it");
              lease.release();
              return child.outcome();
          }) == "");
    CHECK(lease->ask("parent"));
}

TEST_CASE("a child of a child begins anew as well", "[integration][pool][fork]") {
    skip_without_threads_after_fork();
    ForkScene scene;
    REQUIRE(scene.open(2, "parent"));
    CHECK(in_child([&] {
              Expectations child;
              child.expect(scene.open(2, "child"), "the child's connections answer");
              const auto grandchild = in_child([&] {
                  Expectations own;
                  own.expect(scene.typed().stats().total == 0, "the grandchild's pool is empty");
                  own.expect(scene.open(2, "grand"), "the grandchild's connections answer");
                  own.expect(ends_by_itself(scene), "the grandchild's threads end");
                  return own.outcome();
              });
              child.expect(grandchild.empty(), grandchild);
              child.expect(scene.open(2, "child"), "the child's connections answer still");
              child.expect(scene.typed().stats().opened == 2, "they are the same ones");
              child.expect(ends_by_itself(scene), "the child's threads end");
              return child.outcome();
          }) == "");
    CHECK(scene.open(2, "parent"));
    CHECK(scene.server->shared_by('p', 'c') == 0);
    CHECK(scene.server->shared_by('c', 'g') == 0);
    CHECK(scene.server->shared_by('p', 'g') == 0);
}

TEST_CASE("in the child timers run, hang-ups are noticed and names resolved",
          "[integration][pool][fork]") {
    skip_without_threads_after_fork();
    auto options = calm();
    options.idle_timeout = 20ms;
    options.reap_interval = 10ms;
    ForkScene scene{options, "localhost"};
    REQUIRE(scene.open(1, "parent"));
    REQUIRE(scene.comes_true([](const auto& stats) { return stats.closed_idle == 1; }));
    CHECK(in_child([&] {
              Expectations child;
              child.expect(scene.open(1, "child"), "a name leads to a connection");
              child.expect(
                  scene.comes_true([](const auto& stats) { return stats.closed_idle == 1; }),
                  "it is closed after idle_timeout");
              {
                  const auto lease = scene.typed().acquire();
                  lease->send("leave");
              }
              child.expect(
                  scene.comes_true([](const auto& stats) { return stats.closed_broken == 1; }),
                  "one that the server leaves is closed");
              child.expect(ends_by_itself(scene), "the child's threads end");
              return child.outcome();
          }) == "");
}

TEST_CASE("what was decided about a pool holds in the child", "[integration][pool][fork]") {
    skip_without_threads_after_fork();
    ForkScene scene;
    auto& pool = scene.typed();
    pool.resize(1, 0);
    REQUIRE(scene.open(1, "parent"));
    CHECK(in_child([&] {
              Expectations child;
              child.expect(pool.stats().max_size == 1, "its size is the new one");
              const auto lease = pool.acquire();
              child.expect(!pool.try_acquire().has_value(), "which is kept to");
              return child.outcome();
          }) == "");

    pool.pause();
    CHECK(in_child([&] {
              Expectations child;
              child.expect(!pool.try_acquire().has_value(), "a paused pool lends nothing");
              pool.resume();
              child.expect(pool.acquire()->ask("child"), "it does after resume()");
              return child.outcome();
          }) == "");
    CHECK(pool.stats().is_paused);
    pool.resume();

    CHECK(pool.drain(20s));
    CHECK(in_child([&] {
              Expectations child;
              try {
                  pool.acquire().release();
                  child.expect(false, "a drained pool lends nothing");
              } catch (const PoolClosed&) {
              }
              child.expect(ends_by_itself(scene), "its threads end");
              return child.outcome();
          }) == "");
}

TEST_CASE("parent and children do not draw the same chances", "[integration][pool][fork]") {
    skip_without_threads_after_fork();
    ForkScene scene;
    const auto draw = [&] { return std::to_string(scene.backend->random()); };
    const auto first = in_child(draw);
    const auto second = in_child(draw);
    const auto own = draw();
    CHECK(first != second);
    CHECK(first != own);
    CHECK(second != own);
}

TEST_CASE("with_retry goes on in the child with a connection of its own",
          "[integration][pool][fork]") {
    skip_without_threads_after_fork();
    ForkScene scene;
    int calls = 0;
    const bool answered = scene.typed().with_retry([&](LineSession& session) {
        ++calls;
        CHECK(in_child([&] {
                  Expectations child;
                  child.expect(
                      scene.typed().with_retry([](LineSession& own) { return own.ask("child"); }),
                      "the child's call succeeds");
                  return child.outcome();
              }) == "");
        return session.ask("parent");
    });
    CHECK(answered);
    CHECK(calls == 1);
    CHECK(scene.server->shared_by('p', 'c') == 0);
}

}  // namespace
}  // namespace cistern::test
