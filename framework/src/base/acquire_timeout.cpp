#include <cistern/acquire_timeout.hpp>

#include <utility>

namespace cistern {

AcquireTimeout::AcquireTimeout(const std::string& what,
                               AcquireEvidence evidence,
                               std::source_location where)
    : Error{what, {.is_transient = true}, where}, evidence_{std::move(evidence)} {}
AcquireTimeout::~AcquireTimeout() = default;

CircuitOpen::CircuitOpen(const std::string& what,
                         Circuit circuit,
                         std::exception_ptr cause,
                         ErrorTraits traits,
                         std::source_location where)
    : ConnectError{what, traits, where}, circuit_{std::move(circuit)}, cause_{std::move(cause)} {}
CircuitOpen::~CircuitOpen() = default;

}  // namespace cistern
