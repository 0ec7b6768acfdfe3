#pragma once

#include <string_view>

namespace cistern::fuzz {

// Whether a TFetchResultsResp says everything once and as its interface has it: then any two
// decoders must understand the same. Fields that nobody knows may be there as well.
[[nodiscard]] bool is_plain_fetch_reply(std::string_view bytes);

// Whether `bytes` begin with a whole struct of Thrift's binary protocol, and how long that is: zero
// when they do not. It says nothing about what is in it.
[[nodiscard]] std::size_t size_of_struct(std::string_view bytes);

}  // namespace cistern::fuzz
