// A server's side of a conversation over HTTP: answers to requests. The first byte says how long a
// reply the caller reads. What comes of it must not depend on where the network cuts the bytes.

#include "cut_stream.hpp"
#include "fuzz_target.hpp"
#include "http_bytes.hpp"
#include "http_login.hpp"
#include "support/scripted_io.hpp"

#include <cistern/error.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <initializer_list>
#include <limits>
#include <memory>
#include <string>

namespace {

using namespace cistern::fuzz;

constexpr std::uint64_t kMaxMessage = 2048;
constexpr int kMostReplies = 4;

struct Outcome {
    std::string data;  // of the replies that came to their end
    int replies = 0;
    std::string written;

    friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome outcome_of(std::string_view answers,
                   std::size_t reply_size,
                   std::function<std::size_t()> piece,
                   std::function<std::size_t()> wanted) {
    const cistern::Secret secret{"hush"};
    const auto never = cistern::Deadline::never();
    cistern::test::ScriptedIo io;
    CutStream stream{answers, std::move(piece)};
    hive::HttpBytes bytes{io,
                          stream,
                          hive::HttpSpec{},
                          {.host = "h",
                           .user = "ann",
                           .password = secret,
                           .redact = std::make_shared<const hive::Redactor>(
                               std::initializer_list{secret, hive::basic_credentials("ann", secret)}),
                           .max_message_size = kMaxMessage}};
    Outcome outcome;
    try {
        while (outcome.replies < kMostReplies) {
            bytes.write_message("ask", never);
            std::string reply;
            std::array<char, 256> buffer{};
            while (reply.size() < reply_size) {
                const auto room = std::min({wanted(), buffer.size(), reply_size - reply.size()});
                const auto got = bytes.read_some(buffer.data(), room, never);
                require(got > 0 && got <= room, "a read gives nothing, or more than it may");
                reply.append(buffer.data(), got);
            }
            bytes.end_reply(never);
            outcome.data += reply;
            ++outcome.replies;
        }
    } catch (const cistern::Error& error) {
        const std::string said = error.what();
        require(said.find("YW5uOmh1c2g=") == said.npos, "the login is shown: " + said);
    }
    outcome.written = stream.written();
    return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto input = text_of(data, size);
    if (input.empty()) {
        return 0;
    }
    const auto reply_size = 1 + static_cast<std::size_t>(data[0]);
    const auto answers = input.substr(1);
    const auto at_once = [] { return std::numeric_limits<std::size_t>::max(); };
    const auto one = [] { return std::size_t{1}; };
    Pieces pieces{input};
    const auto some = [&] { return pieces.next(100); };

    const auto outcome = outcome_of(answers, reply_size, at_once, at_once);
    require(outcome == outcome_of(answers, reply_size, one, at_once),
            "byte by byte it comes out otherwise");
    require(outcome == outcome_of(answers, reply_size, at_once, one),
            "read byte by byte it is otherwise");
    require(outcome == outcome_of(answers, reply_size, some, some),
            "in pieces it comes out otherwise");
    return 0;
}
