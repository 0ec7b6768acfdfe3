#include <cistern/acquire_timeout.hpp>

#include <utility>

namespace cistern {

AcquireTimeout::AcquireTimeout(const std::string& what,
                               AcquireEvidence evidence,
                               std::source_location where)
    : Error{what, {.is_transient = true}, where}, evidence_{std::move(evidence)} {}
AcquireTimeout::~AcquireTimeout() = default;

}  // namespace cistern
