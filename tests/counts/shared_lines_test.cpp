// Two threads that use different connections write no cache line in common: what one writes the
// other would have to wait for.

#include "counts/counted_pool.hpp"
#include "counts/written_lines.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>
#include <semaphore>
#include <sstream>
#include <string>
#include <thread>
#include <utility>

namespace cistern::test {
namespace {

using namespace std::chrono_literals;

// A thread that does one thing after the other as it is told, and sleeps in between.
class alignas(128) Puppet {
public:
    Puppet() : thread_{[this] { run(); }} {}
    Puppet(const Puppet&) = delete;
    Puppet& operator=(const Puppet&) = delete;
    ~Puppet() {
        is_over_ = true;
        begin_.release();
    }
    void does(const std::function<void()>& work) {
        work_ = &work;
        begin_.release();
        done_.acquire();
    }

private:
    void run() {
        while (true) {
            begin_.acquire();
            if (is_over_) {
                return;
            }
            (*work_)();
            done_.release();
        }
    }
    std::binary_semaphore begin_{0};
    std::binary_semaphore done_{0};
    const std::function<void()>* work_ = nullptr;
    bool is_over_ = false;
    std::jthread thread_;
};

class alignas(128) Borrower {
public:
    explicit Borrower(Pool<CountedSession>& pool) : pool_{pool} {}

    void borrows() { puppet_.does(borrow_); }
    void returns() { puppet_.does(return_); }
    [[nodiscard]] Lines writes(WrittenLines& written) {
        return written.by({[this] { borrows(); }, [this] { returns(); }});
    }

private:
    Pool<CountedSession>& pool_;
    std::optional<Lease<CountedSession>> lease_;
    const std::function<void()> borrow_ = [this] { lease_.emplace(pool_.acquire()); };
    const std::function<void()> return_ = [this] { lease_.reset(); };
    Puppet puppet_;
};

Lines without(const Lines& lines, const Lines& others) {
    Lines left;
    std::set_difference(
        lines.begin(), lines.end(), others.begin(), others.end(), std::inserter(left, left.end()));
    return left;
}

Lines common(const Lines& lines, const Lines& others) {
    return without(lines, without(lines, others));
}

// What both wrote, save what looking and being told writes in any case.
Lines written_by_both(std::uint32_t size) {
    PoolOptions options;
    options.max_size = size;
    options.reap_interval = 1h;
    options.validate_after_idle = 1h;
    const CountedPool pool{options};
    Borrower first{*pool};
    Borrower second{*pool};
    Puppet idle;
    const std::function<void()> nothing = [] {};

    for (int round = 0; round < 100; ++round) {  // both remember a connection of their own
        first.borrows();
        if (size > 1) {
            second.borrows();
        }
        first.returns();
        if (size == 1) {
            second.borrows();
        }
        second.returns();
    }
    WrittenLines written;
    const auto look = [&] {
        const auto in_any_case =
            written.by({[&] { idle.does(nothing); }, [&] { idle.does(nothing); }});
        const auto by_first = without(first.writes(written), in_any_case);
        const auto by_second = without(second.writes(written), in_any_case);
        CHECK_FALSE(by_first.empty());
        CHECK_FALSE(by_second.empty());
        return common(by_first, by_second);
    };
    // Whether a thread that is told to do something has gone to sleep before is chance, and leaves
    // traces of its own.
    auto both = look();
    for (int again = 0; again < 2 && !both.empty(); ++again) {
        both = common(both, look());
    }
    return both;
}

// The mapping that a line belongs to, for whoever has to find out what it is.
std::string place(std::uintptr_t line) {
    for (const auto& mapping : mappings()) {
        if (mapping.begin <= line && line < mapping.end) {
            std::ostringstream shown;
            shown << std::hex << line << " in " << mapping.text;
            return shown.str();
        }
    }
    return "nowhere";
}

TEST_CASE("threads with different connections write no cache line in common", "[counts]") {
    for (const auto line : written_by_both(4)) {
        FAIL_CHECK("both write the line at " << place(line));
    }
}

TEST_CASE("threads that share a connection are seen to share its line", "[counts]") {
    CHECK_FALSE(written_by_both(1).empty());
}

}  // namespace
}  // namespace cistern::test
