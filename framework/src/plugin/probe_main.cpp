// The program in which plugins are tried out before they come near an application. Its arguments
// are plugins; after each that did no harm it writes one byte to the descriptor that
// plugin_trial.cpp has opened for it. Whatever else happens is the answer too.

#include "plugin_probe.hpp"

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <memory>
#include <string_view>
#include <vector>

namespace {

constexpr int kReportDescriptor = 3;
// Longer than any plugin needs to load, shorter than anybody's patience.
constexpr unsigned kSecondsEach = 10;

// A plugin that has written beside what it owns may have hit nothing yet that somebody looks at.
// The allocator looks at its books when memory of all sizes comes and goes, and ends the process
// when they are wrong.
void audit_heap() {
    constexpr std::size_t kLargest = 8192;
    std::vector<std::unique_ptr<char[]>> blocks;
    for (std::size_t size = 8; size <= kLargest; size += size < 1024 ? 8 : 512) {
        blocks.push_back(std::make_unique<char[]>(size));
        blocks.push_back(std::make_unique<char[]>(size));
    }
    for (std::size_t i = 0; i < blocks.size(); i += 2) {
        blocks[i].reset();
    }
    blocks.clear();
    ::malloc_trim(0);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        return 1;
    }
    const rlimit no_core_dump{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core_dump);
    for (int i = 2; i < argc; ++i) {
        ::alarm(kSecondsEach);
        cistern::try_here(argv[i]);
        audit_heap();
        if (::write(kReportDescriptor, "k", 1) != 1) {
            ::_exit(1);
        }
    }
    if (std::string_view{argv[1]} != "closely") {
        ::_exit(0);
    }
    return 0;
}
