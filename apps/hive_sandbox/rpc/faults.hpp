#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sandbox {

// How a column's NULLs are written down; all four are seen in the field.
enum class BitmapForm {
    kHive,    // one byte more than the last NULL needs, at least one
    kSpark,   // up to the last NULL: no byte at all without any
    kPadded,  // as long as the rows need
    kLong,    // longer than the rows need, the rest full of ones
};

enum class MoreRows {
    kNever,         // hasMoreRows is false, whatever is left: Hive and Spark
    kHonest,        // true until the end: Impala
    kEmptyBatches,  // true, and every other batch has no rows: Impala and Flink under time pressure
};

// What can go wrong with a reply, applied to the bytes of the replies of one method.
enum class ReplyFault {
    kUnknownField,    // fields no client knows
    kOversizeLength,  // a length of almost 2 GiB in front of nothing
    kTruncated,       // half the reply, then the end of the connection
    kExtraReply,      // the reply, then another one nobody asked for
    kWrongSequence,   // the sequence number of another call
    kWrongMethod,     // a reply to another method
    kGarbage,         // bytes that are no Thrift
    kDrop,            // the end of the connection instead of a reply
    kFreeze,          // no answer, ever
    kException,       // a TApplicationException
};

// Everything a test can make the server do wrong. A session starts with a copy of the server's.
struct Faults {
    std::chrono::milliseconds row_delay{0};
    std::optional<std::int64_t> drop_after_rows{};
    std::optional<std::int64_t> lose_operation_after_rows{};
    bool kill_session = false;           // the session is gone once this is set
    bool invalid_handle_status = false;  // INVALID_HANDLE instead of ERROR
    BitmapForm bitmap = BitmapForm::kHive;
    bool short_null_columns = false;  // a column of NULLs only has no values
    bool compact_columns = false;     // TRowSet.binaryColumns, in the compact protocol
    MoreRows more_rows = MoreRows::kNever;
    bool late_result_set = false;          // the handle says false, the status knows better
    bool no_result_set_in_status = false;  // true in every handle, nothing in the status: Spark
    bool unknown_enum = false;             // a type and a state no client knows
    bool stack_trace = false;              // failures come late and with a Java stack trace: Spark
    bool refuse_login = false;
    bool refuse_session = false;
    bool password_in_error = false;  // an unknown protocol version is answered with the password
    std::map<ReplyFault, std::string> replies{};  // method it hits
};

// Applies one "name" or "name=argument"; several may stand side by side with blanks between, and
// "none" undoes all. Throws std::invalid_argument with the list of names.
void apply_faults(Faults& faults, std::string_view text);

// Name and meaning of each, for --help.
[[nodiscard]] std::string describe_faults();

}  // namespace sandbox
