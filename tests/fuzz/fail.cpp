#include "fuzz_target.hpp"

#include <cstdlib>
#include <iostream>

namespace cistern::fuzz {

void fail(const std::string& what) {
    std::cerr << "fuzz: " << what << std::endl;
    std::abort();
}

}  // namespace cistern::fuzz
