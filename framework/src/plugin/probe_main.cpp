// The program in which plugins are tried out before they come near an application. Its arguments
// are plugins; after each that did no harm it writes one byte to the descriptor that
// plugin_trial.cpp has opened for it. Whatever else happens is the answer too.

#include "plugin_probe.hpp"

#include <sys/resource.h>
#include <unistd.h>

namespace {

constexpr int kReportDescriptor = 3;
// Longer than any plugin needs to load, shorter than anybody's patience.
constexpr unsigned kSecondsEach = 10;

}  // namespace

int main(int argc, char** argv) {
    const rlimit no_core_dump{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core_dump);
    for (int i = 1; i < argc; ++i) {
        ::alarm(kSecondsEach);
        cistern::try_here(argv[i]);
        if (::write(kReportDescriptor, "k", 1) != 1) {
            ::_exit(1);
        }
    }
    ::_exit(0);  // what the plugins registered for the end need not run
}
