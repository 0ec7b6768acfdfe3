#include "dns_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <utility>

namespace cistern::test {
namespace {

// RFC 1035: a header of twelve bytes, then one question: labels, type, class.
constexpr std::size_t kHeaderSize = 12;
constexpr unsigned kTypeA = 1;
constexpr unsigned kServerFailed = 2;
constexpr unsigned kNameUnknown = 3;

struct Question {
    std::string name;
    unsigned type = 0;
    std::size_t end = 0;
};

unsigned byte_at(const std::string& text, std::size_t at) {
    return at < text.size() ? static_cast<unsigned char>(text[at]) : 0;
}

Question parse(const std::string& query) {
    Question question;
    auto at = kHeaderSize;
    for (auto size = byte_at(query, at); size != 0; size = byte_at(query, at)) {
        question.name += (question.name.empty() ? "" : ".") + query.substr(at + 1, size);
        at += 1 + size;
    }
    question.type = byte_at(query, at + 1) * 256 + byte_at(query, at + 2);
    question.end = at + 5;
    return question;
}

std::string two_bytes(std::size_t value) {
    return {static_cast<char>(value / 256), static_cast<char>(value % 256)};
}

std::string record(const std::string& address) {
    in_addr binary{};
    ::inet_pton(AF_INET, address.c_str(), &binary);
    std::array<char, sizeof binary> bytes{};
    std::copy_n(reinterpret_cast<const char*>(&binary), bytes.size(), bytes.begin());
    // The name by reference to the question, type A, class IN, no time to live.
    return std::string{"\xc0\x0c\0\1\0\1\0\0\0\0", 10} + two_bytes(bytes.size()) +
           std::string{bytes.data(), bytes.size()};
}

}  // namespace

DnsServer::DnsServer(Answers answers)
    : answers_{std::move(answers)}, socket_{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    ::bind(socket_.get(), name, size);
    ::getsockname(socket_.get(), name, &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread{[this] { serve(); }};
}

DnsServer::~DnsServer() {
    is_ending_ = true;
    thread_.join();
}

void DnsServer::set(Answers answers) {
    const std::lock_guard lock{mutex_};
    answers_ = std::move(answers);
}

void DnsServer::serve() {
    constexpr int kTick = 10;  // milliseconds
    while (!is_ending_) {
        pollfd polled{socket_.get(), POLLIN, 0};
        if (::poll(&polled, 1, kTick) <= 0) {
            continue;
        }
        sockaddr_in from{};
        socklen_t size = sizeof from;
        auto* const name = reinterpret_cast<sockaddr*>(&from);
        std::string query(512, '\0');
        const auto got = ::recvfrom(socket_.get(), query.data(), query.size(), 0, name, &size);
        if (got < static_cast<ssize_t>(kHeaderSize)) {
            continue;
        }
        query.resize(static_cast<std::size_t>(got));
        ++questions_;
        if (const auto answer = answer_to(query); !answer.empty()) {
            ::sendto(socket_.get(), answer.data(), answer.size(), 0, name, size);
        }
    }
}

std::string DnsServer::answer_to(const std::string& query) const {
    const auto question = parse(query);
    const std::lock_guard lock{mutex_};
    const auto known = answers_.find(question.name);
    std::string records;
    std::size_t count = 0;
    unsigned code = known == answers_.end() ? kNameUnknown : 0;
    if (known != answers_.end()) {
        for (const auto& address : known->second) {
            if (address == kSilent) {
                return {};
            }
            if (address == kFails) {
                code = kServerFailed;
            } else if (question.type == kTypeA) {
                records += record(address);
                ++count;
            }
        }
    }
    // The query's number; a response, to be had by recursion; one question, `count` answers.
    return query.substr(0, 2) + "\x81" + static_cast<char>(0x80U | code) + two_bytes(1) +
           two_bytes(count) + std::string(4, '\0') +
           query.substr(kHeaderSize, question.end - kHeaderSize) + records;
}

}  // namespace cistern::test
