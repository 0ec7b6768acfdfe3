#pragma once

#include "support/scripted_stream.hpp"

#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/transport/TBufferTransports.h>

#include <hive_rpc/TCLIService_types.h>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hive::test {

[[nodiscard]] std::string unhex(std::string_view hex);
[[nodiscard]] std::string hex(std::string_view bytes);

// The name of the method that a call or a reply belongs to.
[[nodiscard]] std::string method_of(std::string_view message);
// The same message with another sequence id.
[[nodiscard]] std::string with_sequence(std::string message, std::int32_t sequence);
[[nodiscard]] std::int32_t sequence_of(std::string_view message);

// A whole reply message around `result`, a generated T...Resp.
template <class Result>
[[nodiscard]] std::string reply(const char* method, const Result& result) {
    using namespace apache::thrift;
    auto memory = std::make_shared<transport::TMemoryBuffer>();
    protocol::TBinaryProtocol protocol{memory};
    protocol.writeMessageBegin(method, protocol::T_REPLY, 0);
    protocol.writeFieldBegin("success", protocol::T_STRUCT, 0);
    result.write(&protocol);
    protocol.writeFieldStop();
    return memory->getBufferAsString();
}
[[nodiscard]] std::string exception_reply(const char* method,
                                          std::int32_t type,
                                          const std::string& text);

// The request of a call, as the generated struct.
template <class Request>
[[nodiscard]] Request request_of(std::string_view call) {
    using namespace apache::thrift;
    auto memory = std::make_shared<transport::TMemoryBuffer>();
    memory->write(reinterpret_cast<const std::uint8_t*>(call.data()),
                  static_cast<std::uint32_t>(call.size()));
    protocol::TBinaryProtocol protocol{memory};
    std::string name;
    protocol::TMessageType type{};
    std::int32_t sequence = 0;
    protocol.readMessageBegin(name, type, sequence);
    protocol::TType field{};
    std::int16_t id = 0;
    protocol.readFieldBegin(name, field, id);
    Request request;
    request.read(&protocol);
    return request;
}

[[nodiscard]] rpc::TStatus success();
[[nodiscard]] rpc::TStatus failure(const std::string& message,
                                   const std::string& sql_state = {},
                                   int code = 0);
[[nodiscard]] rpc::TOperationHandle operation_handle(char id, bool has_result = true);
// A reply of which only the status says something.
template <class Result>
[[nodiscard]] std::string refused(const char* method, const std::string& message) {
    Result result;
    result.status = failure(message);
    return reply(method, result);
}
// Replies about an operation: where it stands, how it failed, and that it gives no rows or log.
[[nodiscard]] std::string status_of(std::int32_t state, std::optional<bool> has_result = {});
[[nodiscard]] std::string failed(const std::string& message,
                                 const std::string& sql_state,
                                 int code);
[[nodiscard]] std::string refused_fetch(const std::string& message);

// A HiveServer2 that answers each call with the next prepared reply, whose sequence id it corrects.
// Without a prepared reply it answers what a healthy server would: sessions open, statements finish
// at once with no rows.
//
// Thread safety:  none.
class FakeHive {
public:
    // What the stream's script asks for: the reply to one written message.
    [[nodiscard]] std::string answer(std::string_view call);

    // The next call to `method`, and only that one, is answered with `message`.
    void prepare(std::string message) { prepared_.push_back(std::move(message)); }

    [[nodiscard]] const std::vector<std::string>& calls() const noexcept { return calls_; }
    // The names of the methods called, in order.
    [[nodiscard]] std::vector<std::string> methods() const;
    [[nodiscard]] const std::string& last_call() const { return calls_.back(); }
    [[nodiscard]] std::size_t count(std::string_view method) const;
    void forget_calls() { calls_.clear(); }

private:
    [[nodiscard]] std::string healthy(const std::string& method);

    std::deque<std::string> prepared_;
    std::vector<std::string> calls_;
    char sessions_ = 0;
    char operations_ = 0;
};

}  // namespace hive::test
