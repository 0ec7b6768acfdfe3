#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hive_query {

// Where passwords stand in a JDBC URL: begin and size of the values of keys that hold one, and of
// all that stands before an @ in front of the host.
[[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> secret_spans(std::string_view url);

// The URL with those places replaced, for messages.
[[nodiscard]] std::string without_secrets(std::string_view url);

// Overwrites the passwords among the program's arguments (-p, and in the URL of -u), which every
// user of the machine could read in the list of processes.
void overwrite_secrets(int argument_count, char** arguments) noexcept;

}  // namespace hive_query
