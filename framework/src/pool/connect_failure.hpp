#pragma once

#include <exception>
#include <string>

namespace cistern {

// A failed connect, as callers and operators are told of it.
struct ConnectFailureFacts {
    std::string what;
    bool is_final = false;     // trying again cannot help
    bool is_refusal = false;   // of who we are: an AuthError
    std::exception_ptr error;  // of a framework type, whatever the plugin threw
};

[[nodiscard]] ConnectFailureFacts describe_connect_failure(const std::exception_ptr& thrown,
                                                           const std::string& plugin);

}  // namespace cistern
