#include "replies.hpp"

#include "row_set.hpp"
#include "unit/hive/fetch_oracle.hpp"

#include <utility>

namespace hive::bench {
namespace {

std::string text_of(std::size_t row) {
    return "customer " + std::to_string(row * 7919 % 100'003);
}

template <class Typed, class Value>
Typed rows_of(Value value_of) {
    Typed typed;
    for (std::size_t row = 0; row < kRows; ++row) {
        typed.values.push_back(value_of(row));
    }
    return typed;
}

}  // namespace

using namespace rpc;

TColumn texts() {
    TColumn column;
    column.__set_stringVal(rows_of<TStringColumn>(text_of));
    return column;
}

TColumn longs() {
    TColumn column;
    column.__set_i64Val(rows_of<TI64Column>(
        [](std::size_t row) { return static_cast<std::int64_t>(row * 0x9e3779b97f4a7c15U); }));
    return column;
}

TColumn ints() {
    TColumn column;
    column.__set_i32Val(
        rows_of<TI32Column>([](std::size_t row) { return static_cast<std::int32_t>(row); }));
    return column;
}

TColumn doubles() {
    TColumn column;
    column.__set_doubleVal(
        rows_of<TDoubleColumn>([](std::size_t row) { return static_cast<double>(row) * 0.5; }));
    return column;
}

TColumn flags() {
    TColumn column;
    column.__set_boolVal(rows_of<TBoolColumn>([](std::size_t row) { return row % 3 == 0; }));
    return column;
}

TFetchResultsResp reply_of(std::vector<TColumn> columns) {
    TFetchResultsResp reply;
    reply.status.statusCode = TStatusCode::SUCCESS_STATUS;
    TRowSet rows;
    rows.__set_columns(std::move(columns));
    reply.__set_results(rows);
    return reply;
}

class SameReply::Bytes final : public WireBytes {
public:
    std::size_t read_some(char* buffer, std::size_t size, cistern::Deadline) override {
        const auto got = left.copy(buffer, size);
        left.remove_prefix(got);
        return got;
    }
    void write_message(std::string_view, cistern::Deadline) override {}

    std::string_view left;
};

SameReply::SameReply(std::string_view bytes)
    : bytes_{bytes},
      left_{new Bytes},
      transport_{std::make_shared<CallTransport>(
          std::unique_ptr<WireBytes>{left_}, "bench", test::kRoomy)},
      protocol_{transport_} {}

SameReply::~SameReply() = default;

const Batch& SameReply::read() {
    left_->left = bytes_;
    transport_->begin_call(cistern::Deadline::never());
    prepare_batch(batch_);
    transport_->keep_in(batch_.arena.get());
    read_fetch_reply(protocol_, reply_, batch_);
    transport_->keep_in(nullptr);
    finish_batch(reply_, batch_);
    return batch_;
}

}  // namespace hive::bench
