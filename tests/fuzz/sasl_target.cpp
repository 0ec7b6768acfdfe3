// A server's side of a conversation over SASL: its part of the negotiation, then frames. What comes
// of it must not depend on where the network cuts the bytes, and be what the bytes say.

#include "cut_stream.hpp"
#include "fuzz_target.hpp"
#include "sasl_frames.hpp"
#include "sasl_negotiation.hpp"

#include <cistern/error.hpp>
#include <cistern/secret.hpp>

#include <array>
#include <limits>
#include <optional>
#include <string>

namespace {

using namespace cistern::fuzz;

constexpr std::uint64_t kMaxFrame = 4096;
constexpr std::size_t kLongestToken = 64 * 1024;
constexpr std::size_t kHead = 4;

// Answers two challenges, each by its own bytes.
class TwoSteps final : public hive::SaslMechanism {
public:
    [[nodiscard]] std::string_view name() const noexcept override { return "TWO"; }
    [[nodiscard]] std::string initial_response() override { return "first"; }
    [[nodiscard]] std::string step(std::string_view challenge) override {
        ++steps_;
        return std::string{challenge};
    }
    [[nodiscard]] bool is_complete() const noexcept override { return steps_ >= 2; }

private:
    int steps_ = 0;
};

struct Outcome {
    std::string written;
    std::string data;
    std::string error;  // empty: the server closed between two frames

    friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome outcome_of(std::string_view input,
                   std::function<std::size_t()> piece,
                   std::function<std::size_t()> wanted) {
    CutStream stream{input, std::move(piece)};
    TwoSteps mechanism;
    const hive::Redactor redact{cistern::Secret{"hush"}};
    Outcome outcome;
    try {
        hive::negotiate_sasl(stream, mechanism, redact, cistern::Deadline::never());
        hive::SaslFrames frames{stream, kMaxFrame};
        std::array<char, 300> buffer{};
        while (const auto got = frames.read_some(
                   buffer.data(), std::min(wanted(), buffer.size()), cistern::Deadline::never())) {
            outcome.data.append(buffer.data(), got);
        }
        require(!frames.has_unread(), "bytes are left after the end");
    } catch (const cistern::Error& error) {
        outcome.error = error.what();
    }
    outcome.written = stream.written();
    return outcome;
}

std::optional<std::uint32_t> take_length(std::string_view& bytes) {
    if (bytes.size() < kHead) {
        return std::nullopt;
    }
    std::uint32_t length = 0;
    for (std::size_t at = 0; at < kHead; ++at) {
        length = length << 8U | static_cast<unsigned char>(bytes[at]);
    }
    bytes.remove_prefix(kHead);
    return length;
}

// Goes past the negotiation; false when it does not end well.
bool pass_negotiation(std::string_view& bytes) {
    constexpr char kOk = 2;
    constexpr char kComplete = 5;
    for (int steps = 0; !bytes.empty(); ++steps) {
        const char status = bytes.front();
        bytes.remove_prefix(1);
        const auto length = take_length(bytes);
        if (!length || *length > kLongestToken || *length > bytes.size()) {
            return false;
        }
        bytes.remove_prefix(*length);
        if (status == kComplete) {
            return true;
        }
        if (status != kOk || steps == 2) {
            return false;
        }
    }
    return false;
}

// The same read at leisure: the data of the frames, and whether they end well.
struct Expected {
    std::string data;
    bool ends_well = false;
};

Expected expected_of(std::string_view bytes) {
    Expected expected;
    if (!pass_negotiation(bytes)) {
        return expected;
    }
    while (!bytes.empty()) {
        const auto length = take_length(bytes);
        if (!length || *length > kMaxFrame) {
            return expected;
        }
        const auto part = bytes.substr(0, *length);
        expected.data.append(part);
        bytes.remove_prefix(part.size());
        if (part.size() < *length) {
            return expected;
        }
    }
    expected.ends_well = true;
    return expected;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto input = text_of(data, size);
    const auto at_once = [] { return std::numeric_limits<std::size_t>::max(); };
    const auto one = [] { return std::size_t{1}; };
    Pieces pieces{input};
    const auto some = [&] { return pieces.next(100); };

    const auto outcome = outcome_of(input, at_once, at_once);
    require(outcome == outcome_of(input, one, at_once), "byte by byte it comes out otherwise");
    require(outcome == outcome_of(input, at_once, one), "read byte by byte it is otherwise");
    require(outcome == outcome_of(input, some, some), "in pieces it comes out otherwise");

    const auto expected = expected_of(input);
    require(outcome.data == expected.data, "the data is not what the frames hold");
    require(outcome.error.empty() == expected.ends_well, "ends otherwise: " + outcome.error);
    return 0;
}
