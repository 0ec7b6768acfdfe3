#include "program.hpp"

// So that pools are tried on the backends that they are configured with.
#include <cistern/asio.hpp>
#include <cistern/fiber.hpp>

#include <iostream>
#include <string>
#include <vector>

int main(int argument_count, char** arguments) {
    const int status =
        cisternctl::run_program({arguments + 1, arguments + argument_count}, std::cout, std::cerr);
    std::cout.flush();
    return status == 0 && !std::cout ? 1 : status;
}
