#include <cistern/secret.hpp>

#include <catch2/catch.hpp>

#include <malloc.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>

// Every block that this program frees is looked through for the secret, which therefore must not
// stand in one piece anywhere that is allowed to be freed: the tests put it together from two
// halves.
namespace {

std::atomic<int> freed_with_secret{0};

// Behind one more byte, which is all that a string loses when it is cleared.
constexpr std::string_view kFirstHalf = "orrect-horse-battery";
constexpr std::string_view kSecondHalf = "-staple-long-enough-for-the-heap";

bool holds_secret(const void* memory, std::size_t size) {
    const auto* const begin = static_cast<const char*>(memory);
    const auto* const end = begin + size;
    for (const auto* at = begin; at != end; ++at) {
        at = std::search(at, end, kFirstHalf.begin(), kFirstHalf.end());
        if (at == end) {
            return false;
        }
        const auto rest = static_cast<std::size_t>(end - at) - kFirstHalf.size();
        if (std::string_view{at + kFirstHalf.size(), std::min(rest, kSecondHalf.size())} ==
            kSecondHalf) {
            return true;
        }
    }
    return false;
}

void look_and_free(void* memory) {
    if (memory != nullptr && holds_secret(memory, ::malloc_usable_size(memory))) {
        ++freed_with_secret;
    }
    std::free(memory);
}

}  // namespace

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return std::calloc(1, size);
}
void* operator new(std::size_t size) {
    if (void* const memory = operator new(size, std::nothrow)) {
        return memory;
    }
    throw std::bad_alloc{};
}
void operator delete(void* memory) noexcept {
    look_and_free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    look_and_free(memory);
}

using cistern::Secret;

namespace {

Secret long_secret() {
    std::string text;
    text.reserve(1 + kFirstHalf.size() + kSecondHalf.size());
    text.append("c").append(kFirstHalf).append(kSecondHalf);
    return Secret{std::move(text)};
}

constexpr std::string_view kShort = "hunter2-tail";
constexpr std::string_view kTail = "tail";

template <class Act>
bool leaves_short_secret_behind(Act act) {
    alignas(Secret) std::array<char, sizeof(Secret)> memory{};
    auto* const secret = ::new (memory.data()) Secret{std::string{kShort}};
    act(*secret);
    // A string that is cleared or assigned over keeps what was behind its new end.
    return std::search(memory.begin(), memory.end(), kTail.begin(), kTail.end()) != memory.end();
}

}  // namespace

TEST_CASE("a text that is freed unwiped would be noticed here", "[unit][base]") {
    const auto before = freed_with_secret.load();
    {
        std::string text;
        text.reserve(1 + kFirstHalf.size() + kSecondHalf.size());
        text.append("c").append(kFirstHalf).append(kSecondHalf);
    }
    CHECK(freed_with_secret == before + 1);
}

TEST_CASE("a long secret's memory is wiped before it is freed", "[unit][base]") {
    const auto before = freed_with_secret.load();
    {
        const auto secret = long_secret();
        CHECK(secret.reveal().ends_with(kSecondHalf));
    }
    CHECK(freed_with_secret == before);
}

TEST_CASE("copies, moves and assignments of a long secret wipe what they leave", "[unit][base]") {
    const auto before = freed_with_secret.load();
    {
        auto first = long_secret();
        auto second = first;
        const auto third = std::move(first);
        second = third;
        second = Secret{"other"};
        Secret fourth{"a"};
        fourth = third;
        CHECK(fourth.reveal() == third.reveal());
        fourth = std::move(second);
        CHECK(fourth.reveal() == "other");
        auto fifth = third;
        const Secret longer{std::string(1000, 'x')};
        fifth = longer;
        CHECK(fifth.reveal() == longer.reveal());
    }
    CHECK(freed_with_secret == before);
}

TEST_CASE("a short secret's memory is wiped when it is destroyed", "[unit][base]") {
    CHECK(leaves_short_secret_behind([](Secret&) {}));
    CHECK_FALSE(leaves_short_secret_behind([](Secret& secret) { std::destroy_at(&secret); }));
}

TEST_CASE("a short secret that is moved away leaves nothing behind", "[unit][base]") {
    CHECK_FALSE(leaves_short_secret_behind([](Secret& secret) {
        const auto moved = std::move(secret);
        CHECK(moved.reveal() == kShort);
    }));
    CHECK_FALSE(leaves_short_secret_behind([](Secret& secret) {
        Secret target{"something else"};
        target = std::move(secret);
        CHECK(target.reveal() == kShort);
    }));
}

TEST_CASE("a short secret that is assigned over leaves nothing behind", "[unit][base]") {
    CHECK_FALSE(leaves_short_secret_behind([](Secret& secret) { secret = Secret{"x"}; }));
    CHECK_FALSE(leaves_short_secret_behind([](Secret& secret) {
        const Secret other{"x"};
        secret = other;
    }));
}

TEST_CASE("what a secret is moved from is empty", "[unit][base]") {
    Secret secret{"hunter2"};
    const Secret moved{std::move(secret)};

    CHECK(secret.empty());  // NOLINT(bugprone-use-after-move): the promise under test
    CHECK_FALSE(moved.empty());
}

TEST_CASE("a secret assigned to itself keeps its value", "[unit][base]") {
    Secret secret{"hunter2"};
    auto& same = secret;

    secret = same;
    CHECK(secret.reveal() == "hunter2");
    secret = std::move(same);
    CHECK(secret.reveal() == "hunter2");
}

TEST_CASE("a secret cannot turn into text by itself", "[unit][base]") {
    CHECK_FALSE(std::is_convertible_v<Secret, std::string>);
    CHECK_FALSE(std::is_convertible_v<Secret, std::string_view>);
    CHECK_FALSE(std::is_convertible_v<std::string, Secret>);
}
