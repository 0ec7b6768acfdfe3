#pragma once

#include "limited_protocol.hpp"

#include <cistern/hive/types.hpp>

#include <cstddef>

namespace hive {

// The kinds of TColumn and TColumnValue, by field id.
enum class Member : std::int16_t { kBool = 1, kByte, kI16, kI32, kI64, kDouble, kText, kBinary };

// Makes `column` hold values of `member`, whichever it holds. False when there is no such member.
[[nodiscard]] bool choose_member(Column& column, std::int16_t member);

// Makes `column` hold values of `member`, none yet, keeping its memory where the kind stays. False
// when there is no such member.
[[nodiscard]] bool prepare_column(Column& column, std::int16_t member);

// Forgets the values and keeps their memory and kind.
void clear_column(Column& column);

// The form before version 6: one struct per row, one per value.
void read_rows(LimitedProtocol& protocol, Batch& batch);

}  // namespace hive
