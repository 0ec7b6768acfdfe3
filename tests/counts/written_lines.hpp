#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace cistern::test {

// The cache lines of this process whose content changed, by their addresses.
using Lines = std::set<std::uintptr_t>;

// A mapping of this process, as the system lists it.
struct Mapping {
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    std::string rights;
    std::string text;  // the whole line
};
[[nodiscard]] std::vector<Mapping> mappings();

// Compares all memory that this process may write, before and after something is done. It sees what
// a line holds, not who wrote: what is put back in time for the look goes unseen, so look in
// between.
//
// Thread safety:  none. Other threads should stand still.
class WrittenLines {
public:
    // Looks at the memory that there is now, so make threads and pools before.
    WrittenLines();
    ~WrittenLines();
    WrittenLines(const WrittenLines&) = delete;
    WrittenLines& operator=(const WrittenLines&) = delete;

    // Does each step and returns the lines that differ before and after any of them.
    [[nodiscard]] Lines by(const std::vector<std::function<void()>>& steps);

private:
    struct Region {
        std::uintptr_t begin = 0;
        std::size_t size = 0;
    };
    struct Copy;

    void copy_to(Copy& copy) const;

    std::vector<Region> regions_;
    std::unique_ptr<Copy> before_;
    std::unique_ptr<Copy> after_;
};

}  // namespace cistern::test
