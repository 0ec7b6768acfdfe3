#include "fake_hive.hpp"
#include "sasl_cyrus.hpp"
#include "sasl_frames.hpp"
#include "sasl_negotiation.hpp"
#include "support/scripted_stream.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>

using namespace hive::test;
using namespace std::chrono_literals;
using cistern::test::ScriptedStream;
using cistern::test::StreamScript;

namespace {

constexpr std::uint64_t kMaxFrame = 1 << 20;

struct Talk {
    std::shared_ptr<StreamScript> script = std::make_shared<StreamScript>();
    ScriptedStream stream{script, "hive1:10000"};
    cistern::Deadline deadline = stream.deadline_after(1s);

    void log_in(const std::string& user = "u", const std::string& password = "p") {
        const cistern::Secret secret{password};
        const auto mechanism = hive::make_sasl_plain("hive1", user, secret);
        hive::negotiate_sasl(stream, *mechanism, hive::Redactor{secret}, deadline);
    }
};

std::string read_all(hive::WireBytes& bytes, std::size_t size, cistern::Deadline deadline) {
    std::string all(size, '\0');
    for (std::size_t have = 0; have < size;) {
        have += bytes.read_some(all.data() + have, size - have, deadline);
    }
    return all;
}

}  // namespace

TEST_CASE("SASL PLAIN is sent as the protocol wants", "[unit][hive]") {
    Talk talk;
    talk.script->sends(unhex("0500000000"));
    talk.log_in();
    CHECK(hex(talk.script->written()) == "0100000005504c41494e020000000400750070");
}

TEST_CASE("names and passwords of any bytes pass through SASL PLAIN", "[unit][hive]") {
    Talk talk;
    talk.script->sends(unhex("0500000000"));
    talk.log_in("j\xc3\xbcrgen@corp", "p w:d%");
    CHECK(talk.script->written().ends_with(std::string("\0j\xc3\xbcrgen@corp\0p w:d%", 20)));
}

TEST_CASE("a refused login tells the server's reason and not the password", "[unit][hive]") {
    Talk talk;
    talk.script->sends(unhex("03") + std::string("\0\0\0\x19", 4) + "Error validating hush now");
    CHECK_THROWS_AS(talk.log_in("u", "hush"), cistern::AuthError);
    Talk again;
    again.script->sends(unhex("04") + std::string("\0\0\0\x19", 4) + "Error validating hush now");
    CHECK_THROWS_WITH(
        again.log_in("u", "hush"),
        Catch::Contains("Error validating *** now") && Catch::Contains("hive1:10000"));
}

TEST_CASE("a server that speaks something else than SASL is named", "[unit][hive]") {
    const auto row = GENERATE(table<std::string, std::string>({
        {"80010002", "nosasl"},
        {"485454502f", "HTTP"},
        {"1503030002", "TLS"},
        {"16030100", "TLS"},
        {"ff", "255"},
        {"00", "first byte, 0"},
        {"", "closed the connection"},
    }));
    Talk talk;
    talk.script->sends(unhex(std::get<0>(row))).then_closes();
    CHECK_THROWS_WITH(talk.log_in(), Catch::Contains(std::get<1>(row)));
}

TEST_CASE("a server without SASL that waits for more is recognised by its silence",
          "[unit][hive]") {
    Talk talk;
    try {
        talk.log_in();
        FAIL("there was an answer");
    } catch (const cistern::DeadlineExceeded& error) {
        CHECK_THAT(error.what(), Catch::Contains("nosasl"));
        CHECK_FALSE(error.outcome_unknown());
    }
}

TEST_CASE("the lengths of a SASL negotiation are refused before memory is taken for them",
          "[unit][hive]") {
    const auto head = GENERATE(as<std::string>{}, "02ffffffff", "0500010001", "037fffffff");
    Talk talk;
    talk.script->sends(unhex(head));
    CHECK_THROWS_AS(talk.log_in(), cistern::ProtocolError);
}

TEST_CASE("a SASL server that never comes to an end is refused", "[unit][hive]") {
    Talk talk;
    talk.script->sends(unhex("0200000000"));  // asks PLAIN, which has said all
    CHECK_THROWS_AS(talk.log_in(), cistern::ProtocolError);
    Talk other;
    other.script->sends(unhex("0100000000"));
    CHECK_THROWS_AS(other.log_in(), cistern::ProtocolError);
}

TEST_CASE("SASL frames may end anywhere", "[unit][hive]") {
    const auto piece = GENERATE(1, 2, 5, 4096);
    Talk talk;
    // Three frames for one text, an empty one among them, and one frame for two texts.
    talk.script->sends(unhex("00000002") + "he" + unhex("00000000") + unhex("00000003") + "llo" +
                       unhex("0000000a") + "firstother");
    talk.script->in_chunks_of(static_cast<std::size_t>(piece));
    hive::SaslFrames frames{talk.stream, kMaxFrame};
    CHECK(read_all(frames, 5, talk.deadline) == "hello");
    CHECK(read_all(frames, 5, talk.deadline) == "first");
    CHECK(frames.has_unread());
    CHECK(read_all(frames, 5, talk.deadline) == "other");
    CHECK_FALSE(frames.has_unread());
}

TEST_CASE("a message leaves as one frame behind its length", "[unit][hive]") {
    Talk talk;
    hive::SaslFrames frames{talk.stream, kMaxFrame};
    frames.write_message("hello", talk.deadline);
    CHECK(talk.script->writes() == std::vector<std::string>{unhex("00000005") + "hello"});
}

TEST_CASE("a SASL frame above the limit is refused by its length alone", "[unit][hive]") {
    const auto head = GENERATE(as<std::string>{}, "00100001", "7fffffff", "ffffffff");
    Talk talk;
    talk.script->sends(unhex(head));
    hive::SaslFrames frames{talk.stream, kMaxFrame};
    CHECK_THROWS_WITH(read_all(frames, 1, talk.deadline), Catch::Contains("max_message_size"));
}

TEST_CASE("a peer that closes between two SASL frames ends the stream, within one it breaks it",
          "[unit][hive]") {
    Talk talk;
    char byte = 0;
    SECTION("between") {
        talk.script->then_closes();
        hive::SaslFrames frames{talk.stream, kMaxFrame};
        CHECK(frames.read_some(&byte, 1, talk.deadline) == 0);
    }
    SECTION("in a length") {
        talk.script->sends(unhex("0000")).then_closes();
        hive::SaslFrames frames{talk.stream, kMaxFrame};
        CHECK_THROWS_AS(frames.read_some(&byte, 1, talk.deadline), cistern::IoError);
    }
    SECTION("behind a length") {
        talk.script->sends(unhex("0000000261")).then_closes();
        hive::SaslFrames frames{talk.stream, kMaxFrame};
        CHECK(frames.read_some(&byte, 1, talk.deadline) == 1);
        CHECK_THROWS_AS(frames.read_some(&byte, 1, talk.deadline), cistern::IoError);
    }
}
