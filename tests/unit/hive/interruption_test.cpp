// What happens when any one read, write, connect or pause in the life of a session ends otherwise
// than well. Each case goes through a whole life once for each such point, until none is left.

#include "statement_life.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <exception>
#include <optional>

using namespace hive::test;
using cistern::test::Boundary;
using Phase = StatementLife::Phase;

namespace {

enum class Fault { kStop, kReset, kLate };

std::string name_of(Fault fault) {
    return fault == Fault::kStop ? "a stop" : fault == Fault::kReset ? "a reset" : "the deadline";
}

// A sleep knows of stops only: it waits for nobody.
bool applies(Fault fault, Boundary boundary) {
    return fault == Fault::kStop || boundary != Boundary::kSleep;
}

void interrupt(cistern::test::InterruptedIo& io, std::size_t k, Fault fault) {
    io.interrupt(k, [&io, fault](Boundary at, cistern::Deadline deadline) {
        if (!applies(fault, at)) {
            return;
        }
        CHECK((at == Boundary::kSleep || !deadline.is_never()));
        switch (fault) {
            case Fault::kStop:
                throw cistern::Cancelled{"somebody said stop"};
            case Fault::kReset:
                if (at == Boundary::kConnect) {
                    throw cistern::ConnectError{"connection refused"};
                }
                throw cistern::IoError{"connection reset"};
            case Fault::kLate:
                io.manual_clock().advance_to(deadline);
                throw cistern::DeadlineExceeded{"the deadline passed"};
        }
    });
}

// What a call threw, or null.
template <class Call>
std::exception_ptr thrown_by(Call call) {
    try {
        call();
    } catch (const cistern::Error&) {
        return std::current_exception();
    }
    return nullptr;
}

template <class Error>
const Error* error_in(const std::exception_ptr& thrown) {
    if (!thrown) {
        return nullptr;
    }
    try {
        std::rethrow_exception(thrown);
    } catch (const Error& error) {
        return &error;  // `thrown` keeps it
    } catch (...) {
        return nullptr;
    }
}

// Whether `thrown` tells of `fault`, and what that means for the statement.
bool tells_of(const std::exception_ptr& thrown, Fault fault, Phase phase) {
    if (fault == Fault::kStop) {
        return error_in<cistern::Cancelled>(thrown) != nullptr &&
               error_in<hive::StatementCancelled>(thrown) == nullptr;
    }
    const auto* const error = error_in<cistern::Error>(thrown);
    const bool is_late = error_in<cistern::DeadlineExceeded>(thrown) != nullptr;
    const bool is_lost =
        error_in<cistern::IoError>(thrown) != nullptr ||
        (phase == Phase::kOpening && error_in<cistern::ConnectError>(thrown) != nullptr);
    return is_lost && is_late == (fault == Fault::kLate) && error->breaks_connection() &&
           (phase == Phase::kOpening || error->outcome_unknown() == (phase == Phase::kInUse));
}

bool says_lost_before(const std::exception_ptr& thrown) {
    const auto* const error = error_in<cistern::IoError>(thrown);
    return error != nullptr && std::string_view{error->what()}.find("lost by an earlier call") !=
                                   std::string_view::npos;
}

void check_own_rows(StatementLife& life) {
    for (const auto& statement : life.statements()) {
        const auto all = StatementServer::rows_of(statement.sql);
        CAPTURE(statement.sql, statement.rows);
        REQUIRE(statement.rows.size() <= all.size());
        CHECK(std::equal(statement.rows.begin(), statement.rows.end(), all.begin()));
    }
}

// A user who goes on in spite of an error: gets no rows but its own, and hears of what happened.
// What was lost while rows were asked for ahead is told by the call that wants them, save a stop.
void check_user_is_told(StatementLife& life, std::exception_ptr first, Fault fault) {
    bool is_told = tells_of(first, fault, Phase::kInUse);
    CHECK((is_told || (fault != Fault::kStop && says_lost_before(first))));
    for (auto& statement : life.statements()) {
        if (const auto more = thrown_by([&] { StatementLife::read_all(statement); })) {
            is_told = is_told || tells_of(more, fault, Phase::kInUse);
        } else {
            CHECK(statement.rows == StatementServer::rows_of(statement.sql));
        }
    }
    CHECK(is_told);
    CHECK(says_lost_before(thrown_by([&] { life.start("one more"); })));
    check_own_rows(life);
}

// The connection was lost: by its own account, so that no pool lends it, and nobody uses it.
void check_lost(StatementLife& life) {
    CHECK(life.connection()->is_broken());
    CHECK_FALSE(life.give_back());
    life.drop_connection();
}

// Nothing was on its way: the same session goes on.
void check_goes_on(StatementLife& life) {
    life.use_once("one more");
    for (auto& statement : life.statements()) {
        StatementLife::read_all(statement);
        CHECK(statement.rows == StatementServer::rows_of(statement.sql));
    }
    REQUIRE(life.give_back());
    CHECK(life.server().open_statements() == 0);
    life.use_once("next");
    CHECK(life.io().opened() == 1);
    life.forget_statements();
    life.drop_connection();
}

void check_afterwards(StatementLife& life, std::exception_ptr thrown, Fault fault) {
    if (life.phase() == Phase::kInUse && life.io().interrupted() == Boundary::kSleep) {
        CHECK(tells_of(thrown, fault, Phase::kInUse));
        check_goes_on(life);
    } else if (life.phase() == Phase::kInUse) {
        check_user_is_told(life, thrown, fault);
        check_lost(life);
    } else {
        CHECK(tells_of(thrown, fault, life.phase()));
        if (life.phase() == Phase::kWithPool) {
            check_lost(life);
        }
    }
    CHECK(life.io().uses_after_failure() == 0);
    CHECK(life.io().open_streams() == 0);
    life.open();
    life.use_once("after that");
}

const auto kTransports = {Transport::kNoSasl, Transport::kSasl, Transport::kHttp};

}  // namespace

TEST_CASE(
    "whatever I/O of a session fails or is stopped, its user is told, and nobody gets rows of "
    "another",
    "[unit][hive]") {
    const auto transport = GENERATE(from_range(kTransports));
    const auto fault = GENERATE(Fault::kStop, Fault::kReset, Fault::kLate);
    const auto chunk = GENERATE(as<std::size_t>{}, 1U << 20, 40U);
    std::size_t k = 0;
    for (bool is_over = false; !is_over; ++k) {
        StatementLife life{transport, chunk};
        interrupt(life.io(), k, fault);
        const auto thrown = thrown_by([&] { life.live(); });
        const auto at = life.io().interrupted();
        INFO(to_string(transport) << ", " << chunk << " bytes at a time: " << name_of(fault)
                                  << " at point " << k << ", "
                                  << (at ? to_string(*at) : "behind all"));
        CHECK((thrown != nullptr) == (at && applies(fault, *at)));
        if (thrown) {
            check_afterwards(life, thrown, fault);
        }
        is_over = !at;
    }
    CHECK(k > 50);
}

TEST_CASE("a statement cancelled at any moment ends as cancelled or whole, and its session goes on",
          "[unit][hive]") {
    const auto transport = GENERATE(from_range(kTransports));
    const bool is_newest = GENERATE(false, true);
    const auto chunk = GENERATE(as<std::size_t>{}, 1U << 20, 40U);
    int cancelled = 0;
    std::size_t k = 0;
    for (bool is_over = false; !is_over; ++k) {
        StatementLife life{transport, chunk};
        life.open();
        int dialled = 1;
        life.io().interrupt(k, [&](Boundary, cistern::Deadline) {
            if (auto& all = life.statements(); !all.empty()) {
                ++dialled;
                (is_newest ? all.back() : all.front()).operation->cancel();
            }
        });
        const auto thrown = thrown_by([&] { life.use_in_turns(); });
        const auto at = life.io().interrupted();
        INFO(to_string(transport) << ", " << chunk << " bytes at a time: a cancel of the "
                                  << (is_newest ? "newest" : "first") << " at point " << k << ", "
                                  << (at ? to_string(*at) : "behind all"));
        CHECK((!thrown || error_in<hive::StatementCancelled>(thrown) != nullptr));
        CHECK((!thrown || life.server().has_cancelled_any()));
        cancelled += thrown ? 1 : 0;
        check_own_rows(life);
        REQUIRE(life.give_back());  // just as the cancel left it
        CHECK(life.server().open_statements() == 0);
        life.use_once("next");
        CHECK(life.io().opened() == dialled);  // none to replace the session's
        is_over = !at;
    }
    CHECK(cancelled > 10);
}

TEST_CASE("a cancel that fails anywhere says so and leaves its session as it was", "[unit][hive]") {
    const auto transport = GENERATE(from_range(kTransports));
    const auto fault = GENERATE(Fault::kStop, Fault::kReset, Fault::kLate);
    std::size_t k = 0;
    for (bool is_over = false; !is_over; ++k) {
        StatementLife life{transport, 40};
        life.open();
        auto& first = life.start("first");
        StatementLife::read(first);
        StatementLife::read(first);  // and the next rows are on their way
        interrupt(life.io(), k, fault);
        const auto thrown = thrown_by([&] { first.operation->cancel(); });
        life.io().let_pass();
        const auto at = life.io().interrupted();
        INFO(to_string(transport) << ": " << name_of(fault) << " at point " << k << " of a cancel, "
                                  << (at ? to_string(*at) : "behind all"));
        CHECK((thrown != nullptr) == at.has_value());
        CHECK((!thrown || tells_of(thrown, fault, Phase::kOpening)));
        CHECK(life.io().open_streams() == 1);
        CHECK(life.io().uses_after_failure() == 0);
        const auto end = thrown_by([&] { StatementLife::read_all(first); });
        CHECK((end != nullptr) == life.server().has_cancelled_any());
        check_own_rows(life);
        life.use_once("one more");
        REQUIRE(life.give_back());
        CHECK(life.server().open_statements() == 0);
        life.use_once("next");
        is_over = !at;
    }
    CHECK(k > 5);
}
