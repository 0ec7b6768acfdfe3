#pragma once

#include <cistern/acquire_timeout.hpp>

#include <chrono>
#include <source_location>
#include <string>

namespace cistern {

// "250 ms", "4 s", "1.5 s", "12 min": short, and good enough to act on.
[[nodiscard]] std::string duration_in_words(std::chrono::nanoseconds duration);

// "main.cpp:42"; the folder says nothing to whoever reads it.
[[nodiscard]] std::string place_in_words(const std::source_location& where);

// "circuit open (failures in a row: 3, next probe in 80 ms); last connect error: ..., 2 s ago"
[[nodiscard]] std::string circuit_in_words(const Circuit& circuit);

// `(open 8 of 8, idle 0, lent 8, connecting 0, waiting 3); last connect error: ...; oldest holders:
// ...`
[[nodiscard]] std::string in_words(const AcquireEvidence& evidence);

}  // namespace cistern
