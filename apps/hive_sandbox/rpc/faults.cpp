#include "rpc/faults.hpp"

#include "sql/text.hpp"

#include <array>
#include <charconv>
#include <stdexcept>

namespace sandbox {
namespace {

using Argument = std::string_view;

struct Knob {
    std::string_view name;
    std::string_view argument;
    std::string_view meaning;
    void (*apply)(Faults&, Argument);
};

std::int64_t number(Argument text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < 0) {
        throw std::invalid_argument{"fault: expected a number, 0 or more, instead of '" +
                                    std::string{text} + "'"};
    }
    return value;
}

template <bool Faults::*kFlag>
void set_flag(Faults& faults, Argument) {
    faults.*kFlag = true;
}

template <ReplyFault kFault>
void set_reply(Faults& faults, Argument method) {
    faults.replies[kFault] = method.empty() ? "FetchResults" : std::string{method};
}

void set_bitmap(Faults& faults, Argument form) {
    if (form == "hive") {
        faults.bitmap = BitmapForm::kHive;
    } else if (form == "spark" || form == "short" || form == "zero") {
        faults.bitmap = BitmapForm::kSpark;
    } else if (form == "padded" || form == "impala") {
        faults.bitmap = BitmapForm::kPadded;
    } else if (form == "long") {
        faults.bitmap = BitmapForm::kLong;
    } else {
        throw std::invalid_argument{"fault bitmap: hive, spark (zero, short), padded or long"};
    }
}

void set_more_rows(Faults& faults, Argument form) {
    if (form == "never") {
        faults.more_rows = MoreRows::kNever;
    } else if (form == "honest") {
        faults.more_rows = MoreRows::kHonest;
    } else if (form == "empty") {
        faults.more_rows = MoreRows::kEmptyBatches;
    } else {
        throw std::invalid_argument{"fault more-rows: never, honest or empty"};
    }
}

constexpr std::array kKnobs{
    Knob{"none", "", "undoes all", [](Faults& f, Argument) { f = Faults{}; }},
    Knob{"row-delay",
         "MS",
         "waits before each row",
         [](Faults& f, Argument a) { f.row_delay = std::chrono::milliseconds{number(a)}; }},
    Knob{"drop-after-rows",
         "N",
         "ends the connection once N rows of a result are out",
         [](Faults& f, Argument a) { f.drop_after_rows = number(a); }},
    Knob{"lose-operation-after-rows",
         "N",
         "forgets the operation once N rows of its result are out",
         [](Faults& f, Argument a) { f.lose_operation_after_rows = number(a); }},
    Knob{"kill-session", "", "forgets the session at once", set_flag<&Faults::kill_session>},
    Knob{"invalid-handle-status",
         "",
         "says INVALID_HANDLE for lost handles, where live servers say ERROR",
         set_flag<&Faults::invalid_handle_status>},
    Knob{"bitmap", "hive|spark|padded|long", "form of the NULL bitmaps", set_bitmap},
    Knob{"short-null-columns",
         "",
         "a column of NULLs only is sent without values",
         set_flag<&Faults::short_null_columns>},
    Knob{"compact-columns",
         "",
         "columns as one block in the compact protocol (V9)",
         set_flag<&Faults::compact_columns>},
    Knob{"more-rows",
         "never|honest|empty",
         "what hasMoreRows says; empty: also batches without rows",
         set_more_rows},
    Knob{"late-result-set",
         "",
         "the handle says there is no result, the status knows better",
         set_flag<&Faults::late_result_set>},
    Knob{"no-result-set-in-status",
         "",
         "as Spark: true in every handle, never in the status",
         set_flag<&Faults::no_result_set_in_status>},
    Knob{"unknown-enum",
         "",
         "types and states with numbers nobody knows",
         set_flag<&Faults::unknown_enum>},
    Knob{"stack-trace",
         "",
         "as Spark: statements fail late, with a stack trace in the message",
         set_flag<&Faults::stack_trace>},
    Knob{"refuse-login", "", "no SASL login succeeds", set_flag<&Faults::refuse_login>},
    Knob{"refuse-session", "", "OpenSession fails", set_flag<&Faults::refuse_session>},
    Knob{"password-in-error",
         "",
         "as Spark 3.5.9: the answer to an unknown version repeats the password",
         set_flag<&Faults::password_in_error>},
    Knob{"unknown-field",
         "METHOD",
         "fields nobody knows in the reply",
         set_reply<ReplyFault::kUnknownField>},
    Knob{"oversize-length",
         "METHOD",
         "a length of almost 2 GiB in the reply",
         set_reply<ReplyFault::kOversizeLength>},
    Knob{"truncated-frame",
         "METHOD",
         "half the reply, then the end",
         set_reply<ReplyFault::kTruncated>},
    Knob{"extra-reply",
         "METHOD",
         "the reply, and one more that nobody asked for",
         set_reply<ReplyFault::kExtraReply>},
    Knob{"wrong-sequence",
         "METHOD",
         "the reply carries the number of another call",
         set_reply<ReplyFault::kWrongSequence>},
    Knob{"wrong-method",
         "METHOD",
         "the reply carries the name of another method",
         set_reply<ReplyFault::kWrongMethod>},
    Knob{"garbage", "METHOD", "bytes that are no Thrift", set_reply<ReplyFault::kGarbage>},
    Knob{"drop",
         "METHOD",
         "the end of the connection instead of a reply",
         set_reply<ReplyFault::kDrop>},
    Knob{"freeze", "METHOD", "no answer, ever", set_reply<ReplyFault::kFreeze>},
    Knob{"exception", "METHOD", "a TApplicationException", set_reply<ReplyFault::kException>},
};

void apply_one(Faults& faults, std::string_view text) {
    const auto equals = text.find('=');
    const std::string_view name = text.substr(0, equals);
    const Argument argument =
        equals == std::string_view::npos ? Argument{} : text.substr(equals + 1);
    for (const Knob& knob : kKnobs) {
        if (knob.name == name) {
            knob.apply(faults, argument);
            return;
        }
    }
    throw std::invalid_argument{"there is no fault '" + std::string{name} + "'; there are:\n" +
                                describe_faults()};
}

}  // namespace

void apply_faults(Faults& faults, std::string_view text) {
    while (!(text = trim(text)).empty()) {
        std::size_t end = 0;
        while (end < text.size() && !is_space(text[end])) {
            ++end;
        }
        apply_one(faults, text.substr(0, end));
        text.remove_prefix(end);
    }
}

std::string describe_faults() {
    constexpr std::size_t kWidth = 42;
    std::string out;
    for (const Knob& knob : kKnobs) {
        std::string line = "  " + std::string{knob.name};
        if (!knob.argument.empty()) {
            line += '=' + std::string{knob.argument};
        }
        line.resize(std::max(line.size() + 1, kWidth), ' ');
        out += line + std::string{knob.meaning} + '\n';
    }
    return out + "METHOD is a method's name, \"all\", or nothing for FetchResults.\n";
}

}  // namespace sandbox
