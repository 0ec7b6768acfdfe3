#include "fake_hive.hpp"

#include <algorithm>

namespace hive::test {
namespace {

constexpr std::size_t kHead = 8;  // of a message, before its method's name

int digit(char c) {
    return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

std::uint32_t number_at(std::string_view bytes, std::size_t offset) {
    std::uint32_t number = 0;
    for (const char byte : bytes.substr(offset, 4)) {
        number = number << 8 | static_cast<unsigned char>(byte);
    }
    return number;
}

template <class Reply>
std::string started(const char* method, char id) {
    Reply result;
    result.status = success();
    result.__set_operationHandle(operation_handle(id));
    return reply(method, result);
}

template <class Reply>
std::string just_success(const char* method) {
    Reply result;
    result.status = success();
    return reply(method, result);
}

rpc::THandleIdentifier identifier(char id) {
    rpc::THandleIdentifier made;
    made.guid = std::string(16, id);
    made.secret = std::string(16, static_cast<char>(id + 1));
    return made;
}

std::string opened(char id) {
    rpc::TOpenSessionResp result;
    result.status = success();
    result.serverProtocolVersion = rpc::TProtocolVersion::HIVE_CLI_SERVICE_PROTOCOL_V11;
    rpc::TSessionHandle session;
    session.sessionId = identifier(id);
    result.__set_sessionHandle(session);
    return reply("OpenSession", result);
}

std::string finished() {
    rpc::TGetOperationStatusResp result;
    result.status = success();
    result.__set_operationState(rpc::TOperationState::FINISHED_STATE);
    return reply("GetOperationStatus", result);
}

std::string named(const std::string& name) {
    rpc::TGetInfoResp result;
    result.status = success();
    result.infoValue.__set_stringValue(name);
    return reply("GetInfo", result);
}

std::string empty_batch() {
    rpc::TFetchResultsResp result;
    result.status = success();
    result.__set_hasMoreRows(false);
    result.__set_results({});
    return reply("FetchResults", result);
}

}  // namespace

std::string unhex(std::string_view hex) {
    std::string bytes;
    for (std::size_t at = 0; at + 1 < hex.size(); at += 2) {
        bytes += static_cast<char>(digit(hex[at]) * 16 + digit(hex[at + 1]));
    }
    return bytes;
}

std::string hex(std::string_view bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (const char byte : bytes) {
        const auto number = static_cast<unsigned char>(byte);
        text += kDigits[number >> 4];
        text += kDigits[number & 15];
    }
    return text;
}

std::string method_of(std::string_view message) {
    return std::string{message.substr(kHead, number_at(message, 4))};
}

std::string with_sequence(std::string message, std::int32_t sequence) {
    const auto at = kHead + number_at(message, 4);
    for (std::size_t byte = 0; byte < 4; ++byte) {
        message[at + byte] =
            static_cast<char>(static_cast<std::uint32_t>(sequence) >> (24 - 8 * byte));
    }
    return message;
}

std::int32_t sequence_of(std::string_view message) {
    return static_cast<std::int32_t>(number_at(message, kHead + number_at(message, 4)));
}

std::string exception_reply(const char* method, std::int32_t type, const std::string& text) {
    using namespace apache::thrift;
    auto memory = std::make_shared<transport::TMemoryBuffer>();
    protocol::TBinaryProtocol protocol{memory};
    protocol.writeMessageBegin(method, protocol::T_EXCEPTION, 0);
    protocol.writeFieldBegin("message", protocol::T_STRING, 1);
    protocol.writeString(text);
    protocol.writeFieldBegin("type", protocol::T_I32, 2);
    protocol.writeI32(type);
    protocol.writeFieldStop();
    return memory->getBufferAsString();
}

rpc::TStatus success() {
    rpc::TStatus status;
    status.statusCode = rpc::TStatusCode::SUCCESS_STATUS;
    return status;
}

rpc::TStatus failure(const std::string& message, const std::string& sql_state, int code) {
    rpc::TStatus status;
    status.statusCode = rpc::TStatusCode::ERROR_STATUS;
    status.__set_errorMessage(message);
    status.__set_errorCode(code);
    if (!sql_state.empty()) {
        status.__set_sqlState(sql_state);
    }
    return status;
}

rpc::TOperationHandle operation_handle(char id, bool has_result) {
    rpc::TOperationHandle handle;
    handle.operationId = identifier(id);
    handle.operationType = rpc::TOperationType::EXECUTE_STATEMENT;
    handle.hasResultSet = has_result;
    return handle;
}

std::string status_of(std::int32_t state, std::optional<bool> has_result) {
    rpc::TGetOperationStatusResp result;
    result.status = success();
    result.__set_operationState(state);
    if (has_result) {
        result.__set_hasResultSet(*has_result);
    }
    return reply("GetOperationStatus", result);
}

std::string failed(const std::string& message, const std::string& sql_state, int code) {
    rpc::TGetOperationStatusResp result;
    result.status = success();
    result.__set_operationState(rpc::TOperationState::ERROR_STATE);
    result.__set_errorMessage(message);
    result.__set_sqlState(sql_state);
    result.__set_errorCode(code);
    return reply("GetOperationStatus", result);
}

std::string refused_fetch(const std::string& message) {
    return refused<rpc::TFetchResultsResp>("FetchResults", message);
}

std::string FakeHive::answer(std::string_view call) {
    calls_.emplace_back(call);
    const auto method = method_of(call);
    const auto next = std::find_if(prepared_.begin(), prepared_.end(), [&](const auto& message) {
        return method_of(message) == method;
    });
    std::string message;
    if (next != prepared_.end()) {
        message = std::move(*next);
        prepared_.erase(next);
    } else {
        message = healthy(method);
    }
    return with_sequence(std::move(message), sequence_of(call));
}

std::string FakeHive::healthy(const std::string& method) {
    if (method == "OpenSession") {
        return opened(++sessions_);
    }
    if (method == "CloseSession") {
        return just_success<rpc::TCloseSessionResp>("CloseSession");
    }
    if (method == "ExecuteStatement") {
        return started<rpc::TExecuteStatementResp>("ExecuteStatement",
                                                   static_cast<char>('A' + operations_++));
    }
    if (method == "GetSchemas") {
        return started<rpc::TGetSchemasResp>("GetSchemas", static_cast<char>('A' + operations_++));
    }
    if (method == "GetOperationStatus") {
        return finished();
    }
    if (method == "CloseOperation") {
        return just_success<rpc::TCloseOperationResp>("CloseOperation");
    }
    if (method == "CancelOperation") {
        return just_success<rpc::TCancelOperationResp>("CancelOperation");
    }
    if (method == "FetchResults") {
        return empty_batch();
    }
    if (method == "GetInfo") {
        return named("Fake Hive");
    }
    return exception_reply(method.c_str(), 1, "Invalid method name: '" + method + "'");
}

std::vector<std::string> FakeHive::methods() const {
    std::vector<std::string> names;
    for (const auto& call : calls_) {
        names.push_back(method_of(call));
    }
    return names;
}

std::size_t FakeHive::count(std::string_view method) const {
    const auto names = methods();
    return static_cast<std::size_t>(std::count(names.begin(), names.end(), method));
}

}  // namespace hive::test
