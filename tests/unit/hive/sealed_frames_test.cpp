#include "sealed_frames.hpp"

#include "fake_hive.hpp"
#include "support/scripted_stream.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>

#include <algorithm>

using namespace hive::test;
using namespace std::chrono_literals;
using cistern::test::ScriptedStream;
using cistern::test::StreamScript;

namespace {

constexpr std::uint64_t kMaxFrame = 1 << 20;

// Turns a text around and puts a mark in front, which unseal() insists on.
class Backwards final : public hive::SaslLayer {
public:
    [[nodiscard]] std::size_t most_at_once() const noexcept override { return 4; }
    [[nodiscard]] std::string seal(std::string_view plain) override {
        std::string sealed{plain.rbegin(), plain.rend()};
        return '!' + sealed;
    }
    [[nodiscard]] std::string unseal(std::string_view sealed) override {
        if (!sealed.starts_with('!')) {
            throw cistern::ProtocolError{"not sealed"};
        }
        sealed.remove_prefix(1);
        return {sealed.rbegin(), sealed.rend()};
    }
};

struct Talk {
    std::shared_ptr<StreamScript> script = std::make_shared<StreamScript>();
    ScriptedStream stream{script, "hive1:10000"};
    cistern::Deadline deadline = stream.deadline_after(1s);
    hive::SealedFrames frames{stream, std::make_unique<Backwards>(), kMaxFrame};

    std::string read(std::size_t size) {
        std::string all(size, '\0');
        for (std::size_t have = 0; have < size;) {
            const auto got = frames.read_some(all.data() + have, size - have, deadline);
            if (got == 0) {
                return all.substr(0, have);
            }
            have += got;
        }
        return all;
    }
};

}  // namespace

TEST_CASE("sealed frames are opened one by one and read as one stream of bytes", "[unit][hive]") {
    const auto piece = GENERATE(1, 3, 4096);
    Talk talk;
    talk.script->sends(unhex("00000004") + "!cba" + unhex("00000001") + "!" + unhex("00000003") +
                       "!ed");
    talk.script->in_chunks_of(static_cast<std::size_t>(piece)).then_closes();
    CHECK(talk.read(2) == "ab");
    CHECK(talk.frames.has_unread());
    CHECK(talk.read(3) == "cde");
    CHECK_FALSE(talk.frames.has_unread());
    CHECK(talk.read(1).empty());
}

TEST_CASE("a message is sealed in pieces that the server takes, and leaves in one write",
          "[unit][hive]") {
    Talk talk;
    talk.frames.write_message("abcdef", talk.deadline);
    CHECK(talk.script->writes() == std::vector<std::string>{unhex("00000005") + "!dcba" +
                                                            unhex("00000003") + "!fe"});
}

TEST_CASE("a sealed frame above the limit is refused by its length alone", "[unit][hive]") {
    const auto head = GENERATE(as<std::string>{}, "00100401", "7fffffff", "ffffffff");
    Talk talk;
    talk.script->sends(unhex(head));
    CHECK_THROWS_WITH(talk.read(1), Catch::Contains("max_message_size allows 1048576"));
}

TEST_CASE("a large sealed frame arrives whole", "[unit][hive]") {
    Talk talk;
    std::string text(kMaxFrame, 'x');
    std::generate(text.begin(), text.end(), [i = 0]() mutable { return static_cast<char>(i++); });
    talk.script->sends(unhex("00100001") + Backwards{}.seal(text)).in_chunks_of(100'000);
    CHECK(talk.read(kMaxFrame) == text);
}

TEST_CASE("what is not sealed loses the connection", "[unit][hive]") {
    Talk talk;
    talk.script->sends(unhex("00000003") + "abc");
    CHECK_THROWS_AS(talk.read(1), cistern::ProtocolError);
    CHECK(talk.frames.has_unread());
}

TEST_CASE("a peer that closes within a sealed frame breaks the stream", "[unit][hive]") {
    const auto sent = GENERATE(as<std::string>{}, "0000", "00000004", "0000000421");
    Talk talk;
    talk.script->sends(unhex(sent)).then_closes();
    CHECK_THROWS_WITH(talk.read(1), Catch::Contains("in the middle of a SASL frame"));
    CHECK(talk.frames.has_unread());
}
