#pragma once

#include "redactor.hpp"

#include <cistern/secret.hpp>

#include <string_view>

namespace hive {

// What stands behind "Basic" in a request's Authorization.
[[nodiscard]] cistern::Secret basic_credentials(std::string_view user,
                                                const cistern::Secret& password);

// Teaches `redact` a header's value, and by itself what follows a scheme in it ("Bearer TOKEN").
void add_with_credentials(Redactor& redact, const cistern::Secret& value);

}  // namespace hive
