// A reply to FetchResults, the struct without its message. Our decoder against the network, which
// cuts it anywhere, against itself with memory that was used before, and against Thrift's generated
// code, which reads the same values wherever the reply says everything once.

#include "fetch_rows.hpp"
#include "fetch_shape.hpp"
#include "fuzz_target.hpp"
#include "unit/hive/fetch_oracle.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

namespace {

using namespace cistern::fuzz;
using hive::test::decode;
using hive::test::Decoded;

template <class Values>
bool is_same(const Values& a, const Values& b) {
    if (a.size() != b.size()) {
        return false;
    }
    for (std::size_t row = 0; row < a.size(); ++row) {
        if constexpr (std::is_base_of_v<hive::Texts, Values>) {
            if (a[row] != b[row]) {
                return false;
            }
        } else if (std::memcmp(&a[row], &b[row], sizeof(a[row])) != 0) {  // NaN is NaN
            return false;
        }
    }
    return true;
}

bool is_same(const hive::Column& a, const hive::Column& b) {
    return a.nulls == b.nulls && a.values.index() == b.values.index() &&
           std::visit(
               [&]<class Values>(const Values& values) {
                   return is_same(values, std::get<Values>(b.values));
               },
               a.values);
}

void require_same(const Decoded& a, const Decoded& b, const std::string& how) {
    require(a.error == b.error, how + ": \"" + a.error + "\" and \"" + b.error + "\"");
    require(a.batch.rows == b.batch.rows, how + ": another number of rows");
    require(a.batch.columns.size() == b.batch.columns.size(), how + ": another number of columns");
    for (std::size_t at = 0; at < a.batch.columns.size(); ++at) {
        require(is_same(a.batch.columns[at], b.batch.columns[at]),
                how + ": another column " + std::to_string(at));
    }
    if (a.error.empty()) {
        require(a.reply.size == b.reply.size && a.reply.has_more == b.reply.has_more &&
                    a.reply.is_serialised == b.reply.is_serialised &&
                    // Any number may have been sent, and not every one is an enumerator.
                    std::memcmp(&a.reply.status.statusCode,
                                &b.reply.status.statusCode,
                                sizeof(a.reply.status.statusCode)) == 0,
                how + ": another reply");
    }
}

void require_no_less_than_generated(std::string_view input, const Decoded& ours) {
    const auto expected = hive::test::decode_generated(input);
    if (!expected || !is_plain_fetch_reply(input)) {
        return;
    }
    const auto& rows = expected->results.rows;
    const bool has_rows = !rows.empty();
    if (has_rows && (!expected->results.columns.empty() || !is_even(rows))) {
        return;  // both forms at once; or rows that no table has, which ours refuses
    }
    require(ours.error.empty(), "refused, where generated code reads: " + ours.error);
    require(!expected->__isset.hasMoreRows || expected->hasMoreRows == ours.reply.has_more,
            "another hasMoreRows");
    const auto difference =
        has_rows ? row_difference(rows, ours.batch) : hive::test::difference(*expected, ours.batch);
    require(difference.empty(), "generated code reads something else: " + difference);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto input = text_of(data, size);
    Pieces pieces{input};
    auto ours = decode(input);
    require_same(ours, decode(input, [] { return std::size_t{1}; }), "byte by byte");
    require_same(ours, decode(input, [&] { return pieces.next(200); }), "in pieces");
    if (ours.error.empty()) {
        require(size_of_struct(input) == ours.reply.size, "read, though it is no whole struct");
    }
    require_no_less_than_generated(input, ours);

    auto used = decode(input, {}, hive::test::kRoomy, ours.batch);
    require_same(ours, used, "into a copied batch");
    require_same(ours, decode(input, {}, hive::test::kRoomy, std::move(used.batch)), "used again");
    return 0;
}
