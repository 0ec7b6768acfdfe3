#pragma once

#include <cstdlib>
#include <iostream>
#include <string>

namespace cistern::test {

// Ends the program of a case that cannot be tried here, with the code that cistern_add_test() has
// CTest count as skipped. Called before anything that has to be cleaned up; cases that are to be
// told apart are run one by one.
[[noreturn]] inline void skip(const std::string& reason) {
    std::cout << "skipped: " << reason << std::endl;
    std::_Exit(77);
}

}  // namespace cistern::test
