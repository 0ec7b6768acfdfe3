#include "session_state.hpp"

#include <catch2/catch.hpp>

#include <string_view>
#include <vector>

using redis::Effect;
using redis::Reply;
using redis::SessionState;

namespace {

using Words = std::vector<std::string_view>;

struct Step {
    Words argv;
    Reply reply;
};

const Reply kOk = Reply::status("OK");
const Reply kQueued = Reply::status("QUEUED");

Reply confirmation(const char* kind, int left) {
    return Reply::array({Reply::string(kind), Reply::string("channel"), Reply::integer(left)});
}

SessionState after(const std::vector<Step>& steps) {
    SessionState state;
    for (const auto& step : steps) {
        state.answered(step.argv, step.reply);
    }
    return state;
}

}  // namespace

TEST_CASE("every command's effect is known, in any case of letters", "[unit][redis]") {
    const std::vector<std::pair<Words, Effect>> table{
        {{"GET", "k"}, Effect::kNone},
        {{"multi"}, Effect::kBeginsTransaction},
        {{"Exec"}, Effect::kEndsTransaction},
        {{"DISCARD"}, Effect::kEndsTransaction},
        {{"watch", "k"}, Effect::kWatches},
        {{"UNWATCH"}, Effect::kUnwatches},
        {{"sElEcT", "3"}, Effect::kSelects},
        {{"SUBSCRIBE", "c"}, Effect::kSubscribes},
        {{"psubscribe", "c*"}, Effect::kSubscribes},
        {{"SSUBSCRIBE", "c"}, Effect::kSubscribes},
        {{"UNSUBSCRIBE", "c"}, Effect::kUnsubscribes},
        {{"UNSUBSCRIBE"}, Effect::kForbidden},
        {{"punsubscribe"}, Effect::kForbidden},
        {{"MONITOR"}, Effect::kMonitors},
        {{"RESET"}, Effect::kResets},
        {{"AUTH", "p"}, Effect::kAlters},
        {{"HELLO"}, Effect::kAlters},
        {{"HELLO", "2"}, Effect::kAlters},
        {{"hello", "3"}, Effect::kForbidden},
        {{"CLIENT", "REPLY", "OFF"}, Effect::kForbidden},
        {{"client", "reply", "skip"}, Effect::kForbidden},
        {{"CLIENT", "REPLY"}, Effect::kForbidden},
        {{"CLIENT", "REPLY", "on"}, Effect::kNone},
        {{"CLIENT", "SETNAME", "n"}, Effect::kAlters},
        {{"CLIENT", "TRACKING", "ON"}, Effect::kAlters},
        {{"CLIENT", "NO-EVICT", "on"}, Effect::kSpoils},
        {{"CLIENT", "some future word"}, Effect::kSpoils},
        {{"CLIENT"}, Effect::kSpoils},
        {{"client", "id"}, Effect::kNone},
        {{"CLIENT", "KILL", "ID", "5"}, Effect::kNone},
        {{"READONLY"}, Effect::kAlters},
        {{"QUIT"}, Effect::kSpoils},
        {{"PSYNC", "?", "-1"}, Effect::kSpoils},
        {{"SCRIPT", "DEBUG", "YES"}, Effect::kSpoils},
        {{"SCRIPT", "LOAD", "return 1"}, Effect::kNone},
    };
    for (const auto& [argv, effect] : table) {
        CAPTURE(argv);
        CHECK(redis::effect_of(argv) == effect);
    }
}

TEST_CASE("plain commands leave nothing to undo", "[unit][redis]") {
    CHECK(after({{{"SET", "k", "v"}, kOk}, {{"GET", "k"}, Reply::string("v")}}).is_pristine());
}

TEST_CASE("a transaction is open from MULTI to EXEC or DISCARD", "[unit][redis]") {
    CHECK(after({{{"MULTI"}, kOk}}).in_transaction());
    CHECK(after({{{"MULTI"}, kOk}, {{"SET", "k", "v"}, kQueued}}).in_transaction());
    CHECK(after({{{"MULTI"}, kOk}, {{"EXEC"}, Reply::array()}}).is_pristine());
    CHECK(after({{{"MULTI"}, kOk}, {{"EXEC"}, Reply{}}}).is_pristine());
    CHECK(after({{{"MULTI"}, kOk}, {{"DISCARD"}, kOk}}).is_pristine());
    CHECK(after({{{"MULTI"}, kOk}, {{"EXEC"}, Reply::error("EXECABORT x")}}).is_pristine());
}

TEST_CASE("an EXEC that was refused for its own sake leaves the transaction open",
          "[unit][redis]") {
    const auto wrong = Reply::error("ERR wrong number of arguments for 'exec' command");
    CHECK(after({{{"MULTI"}, kOk}, {{"EXEC", "x"}, wrong}}).in_transaction());
    CHECK(after({{{"EXEC"}, Reply::error("ERR EXEC without MULTI")}}).is_pristine());
}

TEST_CASE("keys are watched until UNWATCH, EXEC or DISCARD", "[unit][redis]") {
    const Step watch{{"WATCH", "k"}, kOk};
    CHECK(after({watch}).is_watching());
    CHECK(after({watch, {{"UNWATCH"}, kOk}}).is_pristine());
    CHECK(after({watch, {{"MULTI"}, kOk}, {{"EXEC"}, Reply{}}}).is_pristine());
    CHECK(after({watch, {{"MULTI"}, kOk}, {{"UNWATCH"}, kQueued}}).is_watching());
    CHECK(after({watch, {{"EXEC"}, Reply::error("ERR EXEC without MULTI")}}).is_watching());
}

TEST_CASE("another database is remembered, though it was only queued", "[unit][redis]") {
    CHECK(after({{{"SELECT", "2"}, kOk}}).is_elsewhere());
    CHECK(after({{{"MULTI"}, kOk}, {{"SELECT", "2"}, kQueued}, {{"EXEC"}, Reply::array()}})
              .is_elsewhere());
    CHECK(after({{{"SELECT", "99"}, Reply::error("ERR DB index is out of range")}}).is_pristine());
}

TEST_CASE("a session listens from its first subscription to its last", "[unit][redis]") {
    const Step subscribe{{"SUBSCRIBE", "channel"}, confirmation("subscribe", 1)};
    CHECK(after({subscribe}).is_listening());
    const auto over =
        after({subscribe, {{"UNSUBSCRIBE", "channel"}, confirmation("unsubscribe", 0)}});
    CHECK_FALSE(over.is_listening());
    CHECK(over.is_altered());
    CHECK(after({subscribe, {{"UNSUBSCRIBE", "other"}, confirmation("unsubscribe", 1)}})
              .is_listening());
}

TEST_CASE("only what a subscription brings is taken for a message", "[unit][redis]") {
    const auto state = after({{{"SUBSCRIBE", "channel"}, confirmation("subscribe", 1)}});
    const auto message =
        Reply::array({Reply::string("message"), Reply::string("c"), Reply::string("hi")});
    CHECK(state.is_message(message));
    CHECK_FALSE(state.is_message(confirmation("unsubscribe", 0)));
    CHECK_FALSE(state.is_message(Reply::array()));
    CHECK_FALSE(SessionState{}.is_message(message));

    const auto monitor = after({{{"MONITOR"}, kOk}});
    CHECK(monitor.is_message(Reply::status("1700000000.1 [0 127.0.0.1:1] \"PING\"")));
    CHECK_FALSE(monitor.is_message(Reply::status("RESET")));
}

TEST_CASE("who or what the session is counts as altered, unless it was refused", "[unit][redis]") {
    CHECK(after({{{"AUTH", "p"}, kOk}}).is_altered());
    CHECK(after({{{"AUTH", "p"}, Reply::error("WRONGPASS")}}).is_pristine());
    CHECK(after({{{"CLIENT", "SETNAME", "x"}, kOk}}).is_altered());
    CHECK(after({{{"MULTI"}, kOk}, {{"RESET"}, Reply::status("RESET")}}).is_altered());
    CHECK_FALSE(after({{{"MULTI"}, kOk}, {{"RESET"}, Reply::status("RESET")}}).in_transaction());
}

TEST_CASE("a session that said goodbye is of no more use", "[unit][redis]") {
    CHECK(after({{{"QUIT"}, kOk}}).is_spoilt());
}

TEST_CASE("SCRIPT FLUSH alone makes the server forget scripts", "[unit][redis]") {
    CHECK(redis::forgets_scripts(Words{"script", "Flush"}));
    CHECK(redis::forgets_scripts(Words{"SCRIPT", "FLUSH", "ASYNC"}));
    CHECK_FALSE(redis::forgets_scripts(Words{"SCRIPT"}));
    CHECK_FALSE(redis::forgets_scripts(Words{"SCRIPT", "LOAD", "x"}));
    CHECK_FALSE(redis::forgets_scripts(Words{"FLUSHALL"}));
}
