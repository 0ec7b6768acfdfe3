// How an operation's rows come: each batch is asked for while the one before it is used.

#include "hive_operation.hpp"

#include <cistern/error.hpp>

#include <algorithm>
#include <utility>

namespace hive {
namespace {

constexpr std::int16_t kQueryOutput = 0;
// A batch larger than this makes the next one ask for fewer rows: rows may be wide.
constexpr std::uint64_t kLargeBatch = 8 * 1024 * 1024;

void empty(Batch& batch) noexcept {
    batch.rows = 0;
    batch.columns.clear();
}

}  // namespace

bool HiveOperation::fetch(Batch& batch) {
    try {
        await_finish();
        if (!at_end_ && has_result()) {
            return fetch_until_rows(batch);
        }
    } catch (...) {
        empty(batch);
        throw;
    }
    empty(batch);
    return false;
}

bool HiveOperation::fetch_until_rows(Batch& batch) {
    PollPause pause{core_->place().io};
    while (true) {
        pause.wait(cistern::Deadline::never());
        begin();
        auto reply = unless_cancelled([&] { return next_rows(batch); });
        const bool has_rows = batch.rows > 0;
        if (has_rows) {
            adapt_fetch_size(batch.rows, reply.size);
            if (std::exchange(reads_on_, true)) {
                ask_for_next();
            }
        }
        finish_batch(reply, batch);
        if (has_rows) {
            return true;
        }
        if (!reply.has_more) {
            at_end_ = true;
            return false;
        }
        pause.not_yet();
    }
}

FetchReply HiveOperation::next_rows(Batch& batch) {
    const auto deadline = core_->call_deadline();
    if (ahead_.state() == FetchReader::State::kIdle) {
        return fetch_rows(batch, fetch_size_, kQueryOutput, deadline);
    }
    {
        const FetchReader::Aim aim{ahead_, batch};
        core_->rpc().settle(deadline);
    }
    return accept(ahead_, batch);
}

FetchReply HiveOperation::fetch_rows(Batch& batch,
                                     std::int64_t max_rows,
                                     std::int16_t what,
                                     cistern::Deadline deadline) {
    const auto request = fetch_request(max_rows, what);
    core_->close_abandoned(deadline);
    FetchReader reader;
    const FetchReader::Aim aim{reader, batch};
    core_->rpc().exchange(
        "FetchResults",
        [&](LimitedProtocol& protocol) { request.write(&protocol); },
        reader,
        deadline,
        core_->repeat());
    return accept(reader, batch);
}

FetchReply HiveOperation::accept(FetchReader& reader, Batch& batch) {
    auto reply = reader.take(batch);
    core_->check(reply.status);
    if (reply.is_serialised) {
        throw NotSupported{
            "hive: the server serialises results in its tasks, which the hive plugin does not "
            "read; set conf.hive.server2.thrift.resultset.serialize.in.tasks = false"};
    }
    return reply;
}

rpc::TFetchResultsReq HiveOperation::fetch_request(std::int64_t max_rows, std::int16_t what) const {
    rpc::TFetchResultsReq request;
    request.operationHandle = handle_;
    request.orientation = rpc::TFetchOrientation::FETCH_NEXT;
    request.maxRows = max_rows;
    request.__set_fetchType(what);
    return request;
}

// Never at the price of the rows at hand: what goes wrong here is told when they have been used.
void HiveOperation::ask_for_next() {
    const auto request = fetch_request(fetch_size_, kQueryOutput);
    try {
        core_->rpc().ask_ahead(
            "FetchResults",
            [&](LimitedProtocol& protocol) { request.write(&protocol); },
            ahead_,
            core_->call_deadline(),
            core_->repeat());
        ahead_.asked();
    } catch (const cistern::Cancelled&) {
        throw;
    } catch (const cistern::Error&) {
        ahead_.failed(std::current_exception());
    }
}

void HiveOperation::adapt_fetch_size(std::size_t rows, std::uint64_t size) noexcept {
    if (size > kLargeBatch) {
        const auto fitting = static_cast<std::uint64_t>(rows) * kLargeBatch / size;
        fetch_size_ = std::max<std::int64_t>(1, static_cast<std::int64_t>(fitting));
    }
}

}  // namespace hive
