#include <cistern/detail/lane_word.hpp>

#include <catch2/catch.hpp>

namespace cistern::detail {
namespace {

// An atomic that counts up in strides, so that a test need not count to 2^31.
template <class T>
class Striding : public std::atomic<T> {
public:
    using std::atomic<T>::atomic;
    T operator++() noexcept {
        constexpr T kStride = T{1} << 24;
        // Atomics wrap around, plain signed numbers must not.
        return static_cast<T>(static_cast<std::uint64_t>(this->fetch_add(kStride)) + kStride);
    }
};
struct StridingAtomics {
    template <class T>
    using Atomic = Striding<T>;
};

TEST_CASE("a word is cold until it enters, and again when it has left", "[unit][pool][lane]") {
    LaneWord word;
    CHECK_FALSE(word.try_take());
    CHECK_FALSE(word.try_return());
    word.enter();
    CHECK(word.view().is_idle);
    CHECK(word.try_take());
    CHECK_FALSE(word.try_take());
    CHECK(word.view().is_lent);
    CHECK(word.try_return());
    CHECK(word.view().takes == 1);
    const auto left = word.leave();
    CHECK(left.is_idle);
    CHECK(left.takes == 1);
    CHECK_FALSE(word.try_take());
}

TEST_CASE("a lease whose connection left the lane does not return there", "[unit][pool][lane]") {
    LaneWord word;
    word.enter();
    REQUIRE(word.try_take());
    CHECK(word.leave().is_lent);
    CHECK_FALSE(word.try_return());
    CHECK_FALSE(word.view().is_idle);
    word.enter();
    CHECK(word.view().takes == 0);
    CHECK(word.try_take());
}

TEST_CASE("leases outside the lane never count a cold word warm", "[unit][pool][lane]") {
    BasicLaneWord<StridingAtomics> word;
    for (int lease = 0; lease < 1000; ++lease) {
        word.stay_cold();
        REQUIRE_FALSE(word.try_return());
        REQUIRE_FALSE(word.try_take());
    }
}

TEST_CASE("a word that has counted to its end sends the return to the pool", "[unit][pool][lane]") {
    BasicLaneWord<StridingAtomics> word;
    word.enter();
    int returns = 0;
    while (word.try_return()) {
        REQUIRE(++returns < 1000);
    }
    CHECK(returns == 127);
    CHECK_FALSE(word.try_take());
    CHECK_FALSE(word.view().is_idle);
    word.leave();
    word.enter();
    CHECK(word.try_take());
}

}  // namespace
}  // namespace cistern::detail
