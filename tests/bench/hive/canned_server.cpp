#include "canned_server.hpp"

#include "unit/hive/fake_hive.hpp"

#include <sys/socket.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <string_view>

namespace hive::bench {
namespace {

constexpr std::string_view kFetch = "FetchResults";
// Of a call or its reply: behind the version and the name.
constexpr std::size_t kSequence = 8 + kFetch.size();

std::string call_for_a_batch() {
    using namespace apache::thrift;
    auto memory = std::make_shared<transport::TMemoryBuffer>();
    protocol::TBinaryProtocol protocol{memory};
    rpc::TFetchResultsReq request;
    request.operationHandle = test::operation_handle('A');
    protocol.writeMessageBegin(std::string{kFetch}, protocol::T_CALL, 1);
    protocol.writeFieldBegin("req", protocol::T_STRUCT, 1);
    request.write(&protocol);
    protocol.writeFieldStop();
    return memory->getBufferAsString();
}

}  // namespace

CannedServer::CannedServer(const rpc::TFetchResultsResp& reply, int batches)
    : reply_{test::reply(kFetch.data(), reply)}, batches_{batches}, server_{[this](auto& client) {
          serve(client);
      }} {}

// A call comes whole in one piece: it is short, and its sender waits for the answer.
void CannedServer::serve(cistern::test::ServedSocket& client) const {
    constexpr std::size_t kLongestCall = 4096;
    test::FakeHive hive;
    auto reply = reply_;
    int left = batches_;
    for (auto call = client.receive(kLongestCall); !call.empty();
         call = client.receive(kLongestCall)) {
        const auto method = test::method_of(call);
        if (method == "ExecuteStatement") {
            left = batches_;
        }
        if (method == kFetch && left > 0) {
            --left;
            call.copy(reply.data() + kSequence, sizeof(std::int32_t), kSequence);
            client.send(reply);
        } else {
            client.send(hive.answer(call));
        }
    }
}

void CannedServer::drop_all() const {
    const auto socket = cistern::test::connect_to_port(server_.port());
    if (!socket) {
        throw std::runtime_error{"the canned server cannot be connected to"};
    }
    const auto call = call_for_a_batch();
    std::array<char, 64 * 1024> buffer{};
    for (int i = 0; i < batches_; ++i) {
        socket->send(call);
        // Not receive(): it takes memory for each piece, and what this is compared with does not.
        for (auto left = reply_.size(); left > 0;) {
            const auto got = ::recv(socket->descriptor(), buffer.data(), buffer.size(), 0);
            if (got <= 0) {
                throw std::runtime_error{"the canned server is gone"};
            }
            left -= static_cast<std::size_t>(got);
        }
    }
}

}  // namespace hive::bench
