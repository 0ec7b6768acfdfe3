#pragma once

#include "result.hpp"

#include <cstdint>
#include <limits>

// One column of each of Hive's types: a row of ordinary values, one of extremes, one of NULLs.
[[nodiscard]] inline Result every_type() {
    using hive::Type;
    Result r;
    r.numbers<std::uint8_t>("b", Type::kBoolean, {1, 0, {}});
    r.numbers<std::int8_t>("ti", Type::kTinyint, {1, -128, {}});
    r.numbers<std::int16_t>("si", Type::kSmallint, {2, -32768, {}});
    r.numbers<std::int32_t>("i", Type::kInt, {3, std::numeric_limits<std::int32_t>::min(), {}});
    r.numbers<std::int64_t>("bi", Type::kBigint, {4, std::numeric_limits<std::int64_t>::min(), {}});
    r.numbers<double>("f", Type::kFloat, {0.1, 3.4028234663852886e38, {}});
    r.numbers<double>("d", Type::kDouble, {0.1, std::numeric_limits<double>::infinity(), {}});
    r.texts("s", Type::kString, {"text", "", {}});
    r.texts("ts", Type::kTimestamp, {"2024-02-29 12:34:56.789", "0001-01-01 00:00:00", {}});
    r.blobs("bin", {"\x01\xff", "", {}});
    r.texts("a", Type::kArray, {"[1,2]", "[]", {}});
    r.texts("m", Type::kMap, {"{1:\"a\"}", "{}", {}});
    r.texts("st", Type::kStruct, {"{\"x\":1}", "{\"x\":null}", {}});
    r.texts("un", Type::kUnion, {"{0:1}", "{1:\"b\"}", {}});
    r.texts("dec", Type::kDecimal, {"12.50", "-99999999999999999999999999999999999999", {}});
    r.texts("nul", Type::kNull, {{}, {}, {}});
    r.texts("dt", Type::kDate, {"2024-02-29", "9999-12-31", {}});
    r.texts("vc", Type::kVarchar, {"v", "", {}});
    r.texts("c", Type::kChar, {"c  ", "", {}});
    r.texts("ym", Type::kIntervalYearMonth, {"1-2", "-1-2", {}});
    r.texts("ds", Type::kIntervalDayTime, {"1 02:03:04.000000005", "-1 00:00:00.000000000", {}});
    r.texts("tz",
            Type::kTimestampLocalTz,
            {"2024-02-29 12:00:00 Europe/Zurich", "1-1-1 0:0:0 UTC", {}});
    return r;
}
