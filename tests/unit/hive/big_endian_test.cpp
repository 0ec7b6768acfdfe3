#include "big_endian.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <limits>
#include <random>
#include <vector>

namespace {

// Number by number and byte by byte, as the definition says.
template <class Number>
std::vector<Number> by_definition(const char* from, std::size_t count) {
    std::vector<Number> numbers(count);
    for (auto& number : numbers) {
        for (std::size_t byte = 0; byte < sizeof(Number); ++byte) {
            number = static_cast<Number>(number << 8 | static_cast<unsigned char>(*from++));
        }
    }
    return numbers;
}

}  // namespace

TEMPLATE_TEST_CASE("numbers off the wire are read alike, however many and wherever they lie",
                   "[unit][hive]",
                   std::uint16_t,
                   std::uint32_t,
                   std::uint64_t) {
    std::mt19937 chance{7};
    std::vector<char> wire(100 * sizeof(TestType) + 8);
    for (auto& byte : wire) {
        byte = static_cast<char>(chance());
    }
    for (std::size_t count = 0; count <= 100; ++count) {
        for (std::size_t start = 0; start < 8; ++start) {
            // A vector of just that size, so that the address sanitizer sees a step too far.
            const std::vector<char> bytes(
                wire.begin() + static_cast<std::ptrdiff_t>(start),
                wire.begin() + static_cast<std::ptrdiff_t>(start + count * sizeof(TestType)));
            std::vector<TestType> numbers(count);
            hive::all_from_big_endian<sizeof(TestType)>(bytes.data(), count, numbers.data());
            REQUIRE(numbers == by_definition<TestType>(bytes.data(), count));
        }
    }
}

TEST_CASE("a number off the wire keeps its sign and every bit", "[unit][hive]") {
    CHECK(hive::from_big_endian<std::int64_t>("\x80\0\0\0\0\0\0\0") ==
          std::numeric_limits<std::int64_t>::min());
    CHECK(hive::from_big_endian<std::int32_t>("\xff\xff\xff\xfe") == -2);
    CHECK(hive::from_big_endian<double>("\x3f\xe0\0\0\0\0\0\0") == 0.5);
    CHECK(hive::big_endian(0x01020304) == "\x01\x02\x03\x04");
}
