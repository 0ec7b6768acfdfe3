#include "simulation/planted.hpp"

#include "base/mutants.hpp"

#include <stdexcept>
#include <string>

namespace cistern::test {

void plant(std::string_view mutant) {
#ifdef CISTERN_MUTANTS
    std::string names;
    for (const auto& [name, value] : mutants::kAll) {
        if (name == mutant) {
            mutants::planted = value;
            return;
        }
        names += " " + std::string{name};
    }
    throw std::invalid_argument{"there is no mutant \"" + std::string{mutant} +
                                "\"; there are:" + names};
#else
    throw std::invalid_argument{"--mutant " + std::string{mutant} +
                                ": this program has none; cistern_sim_mutants has"};
#endif
}

}  // namespace cistern::test
