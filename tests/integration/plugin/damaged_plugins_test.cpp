// Files that were plugins once. Every mutation comes from a seed, which a failure shows.

#include "plugin_folder.hpp"

#include <catch2/catch.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <string>

using Catch::Contains;
using cistern::test::PluginFolder;
using cistern::test::specimen_bytes;

namespace {

// More of them, or another seed, by hand: MUTATIONS=5000 MUTATION_SEED=7.
unsigned from_environment(const char* name, unsigned fallback) {
    const char* const text = std::getenv(name);
    return text == nullptr ? fallback : static_cast<unsigned>(std::stoul(text));
}

// What the loader reads comes first in a library, so half of the places are taken from there.
std::size_t place(std::mt19937& random, std::size_t size) {
    constexpr std::size_t kTables = 32768;
    const auto end = random() % 2 == 0 ? size : std::min(size, kTables);
    return random() % end;
}

void flip(std::string& bytes, std::size_t at, unsigned bit) {
    bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ (1U << bit));
}

std::string mutated(std::string bytes, std::mt19937& random) {
    switch (random() % 8) {
        case 0: {  // a stretch of something else
            const auto at = place(random, bytes.size());
            const auto end = std::min(bytes.size(), at + 1 + random() % 64);
            for (auto i = at; i < end; ++i) {
                bytes[i] = static_cast<char>(random());
            }
            return bytes;
        }
        case 1:
            bytes[place(random, bytes.size())] = random() % 2 == 0 ? '\0' : '\xff';
            return bytes;
        default:
            flip(bytes, place(random, bytes.size()), random() % 8);
            return bytes;
    }
}

enum class Fate { kRefused, kUsable, kDead };

// What becomes of a process that looks at the only plugin in `folder` and then ends as usual.
Fate fate_of_host(const PluginFolder& folder) {
    const auto process = ::fork();
    if (process == 0) {
        int usable = 2;
        try {
            usable = folder.inspect_one().usable ? 1 : 0;
        } catch (...) {
        }
        std::exit(usable);
    }
    int status = 0;
    ::waitpid(process, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) > 1) {
        return Fate::kDead;
    }
    return WEXITSTATUS(status) == 1 ? Fate::kUsable : Fate::kRefused;
}

}  // namespace

TEST_CASE("a plugin that is cut off anywhere is refused", "[integration][plugin]") {
    const std::string specimen = GENERATE("good", "sealed");
    const auto whole = specimen_bytes(specimen);
    PluginFolder folder;
    std::size_t number = 0;
    for (std::size_t percent = 0; percent < 100; percent += 3) {
        folder.write(std::to_string(number++) + ".so",
                     whole.substr(0, whole.size() * percent / 100));
    }
    for (const std::size_t missing : {1, 2, 10, 64, 85}) {
        folder.write(std::to_string(number++) + ".so", whole.substr(0, whole.size() - missing));
    }
    const auto reports = folder.inspect();
    REQUIRE(reports.size() == number);
    for (const auto& report : reports) {
        CAPTURE(report.path);
        CHECK_FALSE(report.usable);
        CHECK_THAT(report.problem, Contains("build"));
    }
}

TEST_CASE("a sealed plugin with a flipped bit anywhere is refused", "[integration][plugin]") {
    const auto seed = from_environment("MUTATION_SEED", 1);
    CAPTURE(seed);
    std::mt19937 random{seed};
    const auto whole = specimen_bytes("sealed");
    const auto count = from_environment("MUTATIONS", 300);
    for (unsigned done = 0; done < count;) {
        PluginFolder folder;
        for (unsigned i = 0; i < 100; ++i, ++done) {
            auto bytes = whole;
            flip(bytes, place(random, bytes.size()), random() % 8);
            folder.write(std::to_string(i) + ".so", bytes);
        }
        for (const auto& report : folder.inspect()) {
            CAPTURE(report.path, done);
            CHECK_FALSE(report.usable);
            CHECK_THAT(report.problem, Contains("build"));
        }
    }
}

// Without a seal nobody can tell a damaged instruction from a meant one: what it does hangs on
// chance, and the trial in another process cannot see all of it. What can be promised is that it is
// rare.
TEST_CASE("a process nearly always survives damage to a plugin without a seal",
          "[integration][plugin]") {
    const auto seed = from_environment("MUTATION_SEED", 1);
    const auto count = from_environment("MUTATIONS", 150);
    std::mt19937 random{seed};
    const auto whole = specimen_bytes("good");
    std::map<Fate, unsigned> fates;
    for (unsigned done = 0; done < count; ++done) {
        PluginFolder folder;
        folder.write("x.so", mutated(whole, random));
        ++fates[fate_of_host(folder)];
    }
    std::cout << "seed " << seed << ": of " << count << " damaged plugins " << fates[Fate::kRefused]
              << " were refused, " << fates[Fate::kUsable] << " are usable, " << fates[Fate::kDead]
              << " killed their host\n";
    CHECK(fates[Fate::kRefused] > 0);
    CHECK(fates[Fate::kDead] <= count / 50);
}
