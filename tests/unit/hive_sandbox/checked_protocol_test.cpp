#include "rpc/checked_protocol.hpp"

#include "hive_rpc/TCLIService_types.h"

#include <catch2/catch.hpp>
#include <thrift/transport/TBufferTransports.h>

#include <memory>
#include <random>
#include <string>

using namespace sandbox;
using namespace std::string_literals;
using apache::thrift::TException;
using apache::thrift::protocol::TBinaryProtocol;
using apache::thrift::transport::TMemoryBuffer;

namespace {

hive::rpc::TOpenSessionReq read_request(std::string bytes) {
    auto memory = std::make_shared<TMemoryBuffer>(reinterpret_cast<std::uint8_t*>(bytes.data()),
                                                  static_cast<std::uint32_t>(bytes.size()),
                                                  TMemoryBuffer::COPY);
    CheckedProtocol protocol{memory};
    hive::rpc::TOpenSessionReq request;
    request.read(&protocol);
    return request;
}

std::string whole_request() {
    hive::rpc::TOpenSessionReq request;
    request.client_protocol = 9;
    request.__set_username("u");
    request.__set_configuration({{"use:database", "d"}});
    auto memory = std::make_shared<TMemoryBuffer>();
    TBinaryProtocol protocol{memory};
    request.write(&protocol);
    return memory->getBufferAsString();
}

}  // namespace

TEST_CASE("what Thrift writes is read", "[unit][hive_sandbox]") {
    const auto request = read_request(whole_request());
    CHECK(request.client_protocol == 9);
    CHECK(request.configuration.at("use:database") == "d");
}

TEST_CASE("types that do not exist and impossible sizes are refused", "[unit][hive_sandbox]") {
    for (const std::string& bytes : {"\x63\0\1"s,
                                     "\xff\0\1"s,
                                     "\x0f\x7f\0\x63\0\0\0\1"s,
                                     "\x0f\x7f\0\x08\x7f\xff\xff\xff"s,
                                     "\x0f\x7f\0\x08\xff\xff\xff\xff"s,
                                     "\x0b\0\2\x7f\xff\xff\xff"s}) {
        CHECK_THROWS_AS(read_request(bytes), TException);
    }
}

TEST_CASE("no damage to a request gets past an exception", "[unit][hive_sandbox]") {
    std::mt19937 random{20240229};
    const std::string whole = whole_request();
    for (int i = 0; i < 5000; ++i) {
        std::string bytes = whole;
        for (unsigned n = random() % 4; n < 4; ++n) {
            bytes[random() % bytes.size()] = static_cast<char>(random() % 256);
        }
        bytes.resize(1 + random() % bytes.size());
        try {
            read_request(bytes);
        } catch (const TException&) {
        }
    }
    SUCCEED();
}
