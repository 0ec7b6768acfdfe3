#pragma once

#include <cistern/detail/task_kind.hpp>

#include <memory>

namespace cistern {

// Null when the program has no library for it.
[[nodiscard]] detail::TaskKind* find_task_kind(BackendKind name) noexcept;

// How the calling task waits, if it shares its thread with others; null when it has it to itself.
[[nodiscard]] std::shared_ptr<Parker> parker_of_shared_thread();
// The same for every task there is.
[[nodiscard]] std::shared_ptr<Parker> parker_of_this_task();

// The calling thread runs one task at a time, and nobody need ask.
void keep_thread_to_itself() noexcept;

}  // namespace cistern
