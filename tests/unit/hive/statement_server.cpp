#include "statement_server.hpp"

#include "big_endian.hpp"

#include <memory>
#include <sstream>

namespace hive::test {
namespace {

constexpr std::size_t kBatches = 4;
constexpr std::size_t kRowsInBatch = 2;
constexpr int kQuestions = 2;

std::string row_of(const std::string& sql, std::size_t number) {
    return sql + " " + std::to_string(number);
}

std::string batch_of(const std::string& sql, std::size_t number) {
    rpc::TStringColumn typed;
    for (std::size_t row = 0; row < kRowsInBatch; ++row) {
        typed.values.push_back(row_of(sql, number * kRowsInBatch + row));
    }
    rpc::TColumn column;
    column.__set_stringVal(typed);
    rpc::TRowSet rows;
    rows.__set_columns({column});
    rpc::TFetchResultsResp result;
    result.status = success();
    result.__set_results(rows);
    return reply("FetchResults", result);
}

std::string framed(std::string_view message) {
    return big_endian(static_cast<std::uint32_t>(message.size())) + std::string{message};
}

std::string as_http_answer(std::string_view body) {
    std::ostringstream text;
    text << "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
         << std::hex << body.size() << "\r\n"
         << body << "\r\n0\r\n\r\n";
    return std::move(text).str();
}

}  // namespace

std::string_view to_string(Transport transport) noexcept {
    switch (transport) {
        case Transport::kNoSasl:
            return "binary without SASL";
        case Transport::kSasl:
            return "binary with SASL";
        case Transport::kHttp:
            return "HTTP";
    }
    return "?";
}

Given StatementServer::settings() const {
    Given given{{"endpoint", "hive1:10000"}, {"call_timeout", "10s"}};
    if (transport_ == Transport::kHttp) {
        given.insert({{"transport", "http"}, {"user", "ann"}});
    } else {
        given.emplace("auth", transport_ == Transport::kSasl ? "none" : "nosasl");
    }
    return given;
}

void StatementServer::serve(cistern::test::StreamScript& script, std::size_t chunk) {
    script.in_chunks_of(chunk);
    switch (transport_) {
        case Transport::kNoSasl:
            script.answers([this](std::string_view call) { return answer(call); });
            break;
        case Transport::kSasl:
            script.answers([this, has_begun = false](std::string_view bytes) mutable {
                if (!std::exchange(has_begun, true)) {
                    return unhex("0500000000");  // all of the login comes in one write
                }
                return framed(answer(bytes.substr(4)));
            });
            break;
        case Transport::kHttp:
            script.answers([this](std::string_view request) {
                return as_http_answer(answer(request.substr(request.find("\r\n\r\n") + 4)));
            });
            break;
    }
}

std::vector<std::string> StatementServer::rows_of(const std::string& sql) {
    std::vector<std::string> rows;
    for (std::size_t row = 0; row < kBatches * kRowsInBatch; ++row) {
        rows.push_back(row_of(sql, row));
    }
    return rows;
}

std::string StatementServer::answer(std::string_view call) {
    const auto method = method_of(call);
    if (method == "ExecuteStatement") {
        execute(call);
    } else if (method == "GetOperationStatus") {
        tell_status(call);
    } else if (method == "FetchResults") {
        fetch(call);
    } else if (method == "CancelOperation") {
        cancel(call);
    } else if (method == "CloseOperation") {
        statements_.erase(
            request_of<rpc::TCloseOperationReq>(call).operationHandle.operationId.guid);
    }
    return hive_.answer(call);
}

void StatementServer::execute(std::string_view call) {
    rpc::TExecuteStatementResp result;
    result.status = success();
    result.__set_operationHandle(operation_handle(next_handle_++));
    hive_.prepare(reply("ExecuteStatement", result));
    statements_[result.operationHandle.operationId.guid].sql =
        request_of<rpc::TExecuteStatementReq>(call).statement;
}

void StatementServer::tell_status(std::string_view call) {
    auto& statement = statement_of<rpc::TGetOperationStatusReq>(call);
    const bool is_running = ++statement.questions < kQuestions;
    hive_.prepare(status_of(statement.is_cancelled ? rpc::TOperationState::CANCELED_STATE
                            : is_running           ? rpc::TOperationState::RUNNING_STATE
                                                   : rpc::TOperationState::FINISHED_STATE));
}

void StatementServer::fetch(std::string_view call) {
    auto& statement = statement_of<rpc::TFetchResultsReq>(call);
    if (statement.is_cancelled) {
        hive_.prepare(refused_fetch("Expected state FINISHED, but found CANCELED"));
    } else if (statement.batches < kBatches) {
        hive_.prepare(batch_of(statement.sql, statement.batches++));
    }
}

void StatementServer::cancel(std::string_view call) {
    const auto found = statements_.find(
        request_of<rpc::TCancelOperationReq>(call).operationHandle.operationId.guid);
    if (found == statements_.end()) {
        hive_.prepare(refused<rpc::TCancelOperationResp>(
            "CancelOperation", "Invalid OperationHandle: OperationHandle [...]"));
        return;
    }
    found->second.is_cancelled = true;
    has_cancelled_any_ = true;
}

}  // namespace hive::test
