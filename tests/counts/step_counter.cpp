#include "counts/step_counter.hpp"

#include "support/skip.hpp"

#include <dlfcn.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

namespace cistern::test {
namespace {

constexpr int kWarmRuns = 500;
constexpr int kCountedRuns = 9;
constexpr int kCannotTrace = 76;

constexpr std::uint8_t kMark = 0xCC;  // where the counter starts and stops

using Code = std::array<std::uint8_t, 16>;  // no instruction is longer

bool is_legacy_prefix(std::uint8_t byte) {
    constexpr std::array<std::uint8_t, 10> kPrefixes{
        0x66, 0x67, 0xF2, 0xF3, 0x2E, 0x36, 0x3E, 0x26, 0x64, 0x65};
    return std::find(kPrefixes.begin(), kPrefixes.end(), byte) != kPrefixes.end();
}

// Adds the instruction that `code` begins with. An exchange with memory locks without saying so.
void add_instruction(const Code& code, Counts& counts) {
    constexpr std::uint8_t kLock = 0xF0;
    std::size_t at = 0;
    bool is_locked = false;
    while (at < 8 && (is_legacy_prefix(code[at]) || code[at] == kLock)) {
        is_locked = is_locked || code[at] == kLock;
        ++at;
    }
    const bool has_rex = (code[at] & 0xF0) == 0x40;
    at += has_rex ? 1 : 0;
    const bool is_exchange = code[at] == 0x86 || code[at] == 0x87;
    const bool is_with_memory = (code[at + 1] >> 6) != 3;
    const auto is = [&](std::uint8_t first, std::uint8_t second) {
        return code[at] == first && code[at + 1] == second;
    };
    ++counts.instructions;
    counts.locked += is_locked || (is_exchange && is_with_memory) ? 1 : 0;
    counts.system_calls += is(0x0F, 0x05) ? 1 : 0;
    counts.clock_reads += is(0x0F, 0x31) || (is(0x0F, 0x01) && code[at + 2] == 0xF9) ? 1 : 0;
}

class Child {
public:
    explicit Child(pid_t pid) : pid_{pid} {}
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        if (!has_ended_) {
            ::kill(pid_, SIGKILL);
            ::waitpid(pid_, nullptr, 0);
        }
    }

    // Waits until the child stands still; throws when it has ended instead.
    void await_stop() {
        int status = 0;
        if (::waitpid(pid_, &status, 0) != pid_) {
            throw std::runtime_error{"step counter: lost its child"};
        }
        if (WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP) {
            return;
        }
        if (WIFSTOPPED(status)) {
            throw std::runtime_error{"step counter: the child got signal " +
                                     std::to_string(WSTOPSIG(status))};
        }
        has_ended_ = true;
        if (WIFEXITED(status) && WEXITSTATUS(status) == kCannotTrace) {
            skip("this process may not trace a child of its own");
        }
        throw std::runtime_error{"step counter: the child ended, status " + std::to_string(status)};
    }
    void run_to_mark() {
        request(PTRACE_CONT);
        await_stop();
    }
    void step() {
        request(PTRACE_SINGLESTEP);
        await_stop();
    }
    [[nodiscard]] std::uintptr_t place() const {
        user_regs_struct registers{};
        ::ptrace(PTRACE_GETREGS, pid_, nullptr, &registers);
        return registers.rip;
    }
    [[nodiscard]] Code code_at(std::uintptr_t place) const {
        Code code{};
        for (std::size_t at = 0; at < code.size(); at += sizeof(long)) {
            // May fail at the end of a page, where no instruction goes on.
            const long word = ::ptrace(PTRACE_PEEKTEXT, pid_, place + at, nullptr);
            std::memcpy(code.data() + at, &word, sizeof word);
        }
        return code;
    }

private:
    void request(__ptrace_request what) const {
        if (::ptrace(what, pid_, nullptr, nullptr) != 0) {
            throw std::runtime_error{std::string{"step counter: "} + std::strerror(errno)};
        }
    }

    pid_t pid_;
    bool has_ended_ = false;
};

[[noreturn]] void be_counted(const std::function<Work()>& make_work) {
    const Work work = make_work();
    if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) {
        ::_exit(kCannotTrace);
    }
    for (int run = 0; run < kWarmRuns + kCountedRuns; ++run) {
        work();
    }
    ::_exit(0);
}

// The same places in the child, which is a fork of this process.
std::vector<std::uintptr_t> allocation_entries() {
    std::vector<std::uintptr_t> entries;
    for (const char* name : {"malloc", "calloc", "realloc", "aligned_alloc", "posix_memalign"}) {
        if (void* const entry = ::dlsym(RTLD_DEFAULT, name)) {
            entries.push_back(reinterpret_cast<std::uintptr_t>(entry));
        }
    }
    return entries;
}

Counts count_to_mark(Child& child, const std::vector<std::uintptr_t>& allocations) {
    Counts counts;
    std::uintptr_t last = 0;
    while (true) {
        const auto place = child.place();
        const auto code = child.code_at(place);
        if (code[0] == kMark) {
            return counts;
        }
        if (place != last) {  // a repeated string instruction stops at every round
            add_instruction(code, counts);
        }
        counts.allocations += std::count(allocations.begin(), allocations.end(), place);
        last = place;
        child.step();
    }
}

long middle(const std::vector<Counts>& runs, long Counts::*count) {
    std::vector<long> values;
    for (const auto& run : runs) {
        values.push_back(run.*count);
    }
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

}  // namespace

Counts count_steps(const std::function<Work()>& make_work) {
    const auto allocations = allocation_entries();
    const pid_t pid = ::fork();
    if (pid < 0) {
        throw std::runtime_error{"step counter: cannot fork"};
    }
    if (pid == 0) {
        be_counted(make_work);
    }
    Child child{pid};
    child.await_stop();
    for (int run = 0; run < kWarmRuns; ++run) {
        child.run_to_mark();
        child.run_to_mark();
    }
    std::vector<Counts> runs{count_to_mark(child, allocations)};
    while (runs.size() < kCountedRuns) {
        child.step();         // over the mark that ended this run
        child.run_to_mark();  // the one that begins the next
        runs.push_back(count_to_mark(child, allocations));
    }
    return {middle(runs, &Counts::instructions),
            middle(runs, &Counts::locked),
            middle(runs, &Counts::system_calls),
            middle(runs, &Counts::allocations),
            middle(runs, &Counts::clock_reads)};
}

}  // namespace cistern::test
